import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { addModel } from "../tests/fakes/tiny_model.ts";
import { SeenWorkers } from "../tests/fakes/workers.ts";
import { ProfileCache } from "./profile_cache.ts";
import { CPU } from "./provider.ts";
import { enoughWorkers, worthwhileWorkers } from "./worker_count.ts";

Deno.test("as few Workers as infer as much as all are enough", async () => {
  const cases: [what: string, most: number, rate: (workers: number) => number, wanted: number][] = [
    ["each core counts", 16, (n) => n, 16],
    ["two threads a core", 16, (n) => Math.min(n, 8) + 0.01 * n, 8],
    ["memory is what counts", 16, (n) => Math.min(n, 3), 4],
    ["one does it all", 16, () => 1, 1],
    ["an odd number", 6, (n) => Math.min(n, 3), 3],
    ["half of them infer half as much, be it with noise", 8, (n) => n * (n === 4 ? 1.1 : 1), 8],
    ["too few to be worth it", 2, () => assert.fail("measured"), 2],
  ];
  for (const [what, most, rate, wanted] of cases) {
    assert.equal(await enoughWorkers(most, (n) => Promise.resolve(rate(n))), wanted, what);
  }
});

Deno.test("how many are enough is measured once, with real Workers, and kept by the number of cores", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  const profiles = new ProfileCache(folder.file("profile.json"));
  const session = { threads: 1, provider: CPU };
  const entry = addModel(folder);
  const ask = (cores: number) =>
    worthwhileWorkers({ entry, session, cores, profiles, clock: new FakeClock() });
  const enough = await ask(4);
  assert.ok([1, 2, 4].includes(enough), `${enough}`);
  assert.equal(workers.made.length, 4);
  assert.equal(await ask(4), enough);
  assert.equal(workers.made.length, 4, "what is known is not measured again");
  const latency = await profiles.find(entry.manifest, session);
  assert.ok(latency, "its latency is known as well");
  await profiles.keep(entry.manifest, session, latency);
  assert.equal(await profiles.workers(entry.manifest, session, 4), enough, "and leaves it");
  assert.equal(await ask(2), 2);
  assert.equal(workers.made.length, 4, "few cores are not worth a measurement");
});
