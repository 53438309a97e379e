/** Models that are replaced and given back while they are asked: nothing is lost, and nothing stays. */

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { isSmarteyeError } from "../core/errors.ts";
import { PixelPicture } from "../core/image.ts";
import type { ModelStatus } from "../core/model.ts";
import { Bench } from "../tests/fakes/bench.ts";
import { tinyYolox } from "../tests/fakes/onnx.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel, CAR, SIDE, WEIGHTS } from "../tests/fakes/tiny_model.ts";
import { until } from "../tests/fakes/worker_pool.ts";
import { SeenWorkers, stop } from "../tests/fakes/workers.ts";
import { LEAVE_MS } from "./held_model.ts";
import type { ModelRepository } from "./repository.ts";

/** Weights that see a bus where the others see a car. */
const BUS = tinyYolox({
  input: { width: SIDE, height: SIDE },
  classes: 3,
  objects: [{ ...CAR, classId: 2 }],
});

/** What a bright picture shows. */
async function seen(repository: ModelRepository, model = "tiny"): Promise<string[]> {
  const picture = new PixelPicture(plain(64, 48, [255, 255, 255]));
  const { findings } = await repository.infer(picture, { model });
  assert.ok("detections" in findings);
  return findings.detections.map(({ label }) => label);
}

for (const workers of [1, 2]) {
  Deno.test(`of requests that run through reloads in ${workers} Workers, each has one answer`, async () => {
    await using bench = new Bench();
    const { repository } = await bench.engine([{}], { workers, queueLengthMax: 64 });
    await repository.load("tiny");
    let isOver = false;
    let asked = 0;
    const answers = { car: 0, bus: 0 };
    const one = async () => {
      while (!isOver) {
        asked++;
        const [label] = await seen(repository);
        answers[label as keyof typeof answers]++;
      }
    };
    const asking = Array.from({ length: 12 }, one);
    for (let n = 0; n < 8; n++) {
      addModel(bench.folder, {}, n % 2 === 0 ? BUS : WEIGHTS);
      await repository.load("tiny");
      assert.deepEqual(await seen(repository), [n % 2 === 0 ? "bus" : "car"], "it takes over");
      if (n === 3) { // and one that cannot
        addModel(bench.folder, { labels: ["only one"] }, BUS);
        await refused(repository.load("tiny"), "failed_precondition");
      }
    }
    isOver = true;
    await Promise.all(asking);
    assert.equal(answers.car + answers.bus, asked, JSON.stringify(answers));
    assert.ok(answers.car > 0 && answers.bus > 0);
  });
}

Deno.test("requests end on the file that they began on, which is then given back", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const { repository } = await bench.engine([{}], { workers: 2, queueLengthMax: 64 });
  await repository.load("tiny");
  workers.hold("infer");
  const before = Array.from({ length: 6 }, () => seen(repository)); // some wait before the Workers
  await until(() => workers.askedFor("infer").length === 4);
  addModel(bench.folder, {}, BUS);
  const loading = repository.load("tiny");
  while (workers.askedFor("load").length < 3) {
    workers.release(); // a Worker that loads ends what it is at before
    await turn();
  }
  workers.hold();
  for (let n = 0; n < 6; n++) workers.release();
  await loading;
  assert.deepEqual(await seen(repository), ["bus"]);
  assert.deepEqual(await Promise.all(before), Array(6).fill(["car"]));
  await until(() => workers.askedFor("unload").length === 2);
});

Deno.test("a model that is unloaded answers what it was asked, and takes nothing new", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const { repository } = await bench.engine([{}], { queueLengthMax: 64 });
  await repository.load("tiny");
  workers.hold("infer");
  const asked = Array.from({ length: 5 }, () => seen(repository));
  await until(() => workers.askedFor("infer").length === 2);
  const unloading = repository.unload("tiny");
  await turn();
  assert.equal(repository.list().find(({ name }) => name === "tiny")?.state, "unloading");
  await refused(seen(repository), "not_found");
  workers.hold();
  for (let n = 0; n < 5; n++) workers.release();
  assert.deepEqual(await Promise.all(asked), Array(5).fill(["car"]));
  await unloading;
  assert.equal(repository.list().find(({ name }) => name === "tiny")?.state, "unloaded");
});

Deno.test("a model is given back at last although something that was asked of it does not end", async () => {
  await using bench = new Bench();
  const { repository } = await bench.engine([{}]);
  await repository.load("tiny");
  const rgb = Promise.withResolvers<ReturnType<typeof plain>>();
  const asked = repository.infer({ rgb: () => rgb.promise }, { model: "tiny" });
  const unloading = repository.unload("tiny");
  await bench.clock.advance(LEAVE_MS - 1);
  assert.equal(repository.list().find(({ name }) => name === "tiny")?.state, "unloading");
  await bench.clock.advance(1);
  await unloading;
  rgb.resolve(plain(64, 48));
  await refused(asked, "not_found");
});

Deno.test("loads and unloads that come while others are under way are done in their order", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const { repository } = await bench.engine([{}], { workers: 2 });
  await repository.load("tiny");
  workers.hold("load");
  addModel(bench.folder, {}, BUS);
  const reloading = repository.load("tiny");
  await until(() => workers.askedFor("load").length === 3);
  assert.deepEqual(await seen(repository), ["car"], "the old one serves meanwhile");
  const unloading = repository.unload("tiny");
  await turn();
  await refused(seen(repository), "not_found");
  addModel(bench.folder, { labels: ["a", "b", "c"] }, BUS);
  const again = repository.load("tiny");
  workers.hold();
  workers.release();
  await Promise.all([reloading, unloading, again]);
  assert.deepEqual(await seen(repository), ["c"]);
  assert.equal(workers.askedFor("load").length, 6);
  assert.equal(workers.askedFor("unload").length, 4, "of the first and the second, in each Worker");
});

Deno.test("a load that comes while another one reads takes what there is by then", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const repository = await bench.repository({});
  workers.hold("load");
  const first = repository.load("tiny");
  await until(() => workers.askedFor("load").length === 1);
  addModel(bench.folder, {}, BUS);
  const later = [repository.load("tiny"), repository.load("tiny")];
  workers.hold();
  workers.release();
  await first;
  for (const { state } of await Promise.all(later)) assert.equal(state, "ready");
  assert.deepEqual(await seen(repository), ["bus"]);
  assert.equal(workers.askedFor("load").length, 2, "the later ones are one");
});

Deno.test("what is loaded does not depend on its files, nor do others that are loaded later", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const { repository } = await bench.engine([{}, { name: "b" }]);
  await repository.load("tiny");
  await seen(repository);
  Deno.removeSync(bench.folder.file("tiny.onnx"));
  bench.folder.write("tiny.json", "{");
  await repository.load("b"); // in a successor, which has both
  assert.deepEqual(await Promise.all([seen(repository), seen(repository, "b")]), [["car"], [
    "car",
  ]]);
  stop(workers.made.at(-1)!);
  assert.deepEqual(await Promise.all([seen(repository), seen(repository, "b")]), [["car"], [
    "car",
  ]]);
});

Deno.test("whoever listens is told how each model is, and then what becomes of them", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const repository = await bench.repository({}, { name: "b" });
  const told: string[] = [];
  const listener = ({ name, version, state, detail }: ModelStatus) => {
    if (["tiny", "b"].includes(name)) {
      told.push(`${name}@${version} ${state}${detail === "" ? "" : " with a reason"}`);
    }
  };
  const next = () => told.splice(0);
  const stopListening = repository.onModel(listener);
  repository.onModel(() => {
    throw new Error("a listener that fails");
  });
  assert.deepEqual(next(), ["b@1 unloaded", "tiny@1 unloaded"]);
  await repository.load("tiny");
  assert.deepEqual(next(), ["tiny@1 loading", "tiny@1 ready"]);
  await repository.load("tiny");
  assert.deepEqual(next(), [], "nothing has changed");
  addModel(bench.folder, { version: "2", file: "two.onnx" });
  addModel(bench.folder, {}, new TextEncoder().encode("no weights"));
  await refused(repository.load("tiny@1"), "failed_precondition");
  assert.deepEqual(next(), ["tiny@2 unloaded", "tiny@1 ready with a reason"]);
  workers.spoil(true);
  stop(workers.made[0]!);
  await until(() => repository.ready().length === 0);
  await until(() => told.length > 0);
  assert.deepEqual(next(), ["tiny@1 failed with a reason"]);
  await repository.unload("tiny");
  assert.deepEqual(next(), ["tiny@1 unloading", "tiny@1 unloaded"]);
  Deno.removeSync(bench.folder.file("tiny@2.json"));
  addModel(bench.folder, { name: "b", labels: ["only one"] });
  workers.spoil(false);
  await refused(repository.load("b"), "failed_precondition");
  assert.deepEqual(next(), ["tiny@2 unloaded", "b@1 loading", "b@1 failed with a reason"]);
  stopListening();
  await repository.unload("b");
  assert.deepEqual(next(), []);
});

Deno.test("a model directory that does not answer is refused in time, and what is loaded serves", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({});
  await repository.load("tiny");
  const { readDir } = Deno;
  Deno.readDir = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
  });
  try {
    const loading = repository.load("tiny").catch((error) => error);
    await turn();
    await bench.clock.advance(10_000);
    const error = await loading;
    assert.ok(isSmarteyeError(error, "unavailable"), String(error));
    assert.match(error.message, /no answer within 10000 ms/);
    assert.deepEqual(await seen(repository), ["car"]);
    await repository.unload("tiny");
  } finally {
    Deno.readDir = readDir;
  }
});
