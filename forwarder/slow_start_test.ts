import assert from "node:assert/strict";
import { seededRng } from "../core/rng.ts";
import { DISPATCH_POLICIES } from "../policies/registry.ts";
import { statusOf } from "../tests/fakes/backend.ts";
import { FakePool } from "../tests/fakes/pool.ts";
import { shareAfter, takePart } from "./slow_start.ts";

Deno.test("a share grows from a tenth to the whole", () => {
  const shares = [0, 500, 1000, 2500, 4999, 5000, 60_000].map((ms) => shareAfter(ms, 5000));
  assert.deepEqual(shares, [0.1, 0.1, 0.2, 0.5, 0.9998, 1, 1]);
  assert.equal(shareAfter(0, 0), 1, "it is off");
});

Deno.test("each takes part as often as its share says, and all where none would", () => {
  const rng = seededRng(1);
  const shares: Readonly<Record<string, number>> = { a: 1, b: 0.3 };
  let times = 0;
  for (let i = 0; i < 10_000; i++) {
    const part = takePart(["a", "b"], (name) => shares[name]!, rng);
    assert.ok(part.includes("a"));
    if (part.includes("b")) times++;
  }
  assert.ok(times > 2800 && times < 3200, `${times}`);
  assert.deepEqual(takePart(["b"], () => 0, rng), ["b"]);
  assert.deepEqual(takePart(["b", "c"], () => 0, rng), ["b", "c"]);
});

for (const [name, { policy }] of Object.entries(DISPATCH_POLICIES)) {
  Deno.test(`a server that has come up gets a growing share by ${name}`, async () => {
    const fake = new FakePool(2, policy, 1, undefined, { slowStartMs: 5000 });
    await fake.look();
    const [, second] = fake.backends;
    const share = async () => {
      second!.calls.length = 0;
      for (let i = 0; i < 200; i++) await fake.dispatch("m", 1e9);
      return second!.calls.length / 200;
    };
    fake.clock.jump(10_000);
    await share();
    second!.say = () => Promise.resolve("unavailable");
    await fake.look();
    second!.say = () => Promise.resolve({});
    await fake.look();
    const early = await share();
    fake.clock.jump(5000);
    const late = await share();
    assert.ok(early > 0 && early < 0.2, `${early}`);
    assert.ok(late > early || late === 0, `${late}`);
  });
}

Deno.test("one that is seen for the first time starts slowly unless it has been up for long", async () => {
  const fake = new FakePool(0, undefined, 1, undefined, { slowStartMs: 5000 });
  const upFor = [0, 2000, 3_600_000];
  for (const [i, uptimeMs] of upFor.entries()) {
    fake.pool.add(`s${i}`);
    fake.backends[i]!.say = () => Promise.resolve({ ...statusOf(["m"]), uptimeMs });
  }
  await fake.look();
  const shares = () => fake.pool.servers.map((server) => fake.pool.shareOf(server));
  assert.deepEqual(shares(), [0.1, 0.4, 1]);
  assert.match(await fake.metricsText(), /server_share\{server="s1"\} 0\.4\n/);
  fake.clock.jump(1000);
  await fake.look();
  assert.deepEqual(shares(), [0.2, 0.6, 1], "to be looked at again is not to come up");
});

Deno.test("one that is passed over no more starts slowly, and while it is, it is as it was", async () => {
  const fake = new FakePool(2, undefined, 1, undefined, { slowStartMs: 5000 });
  await fake.look();
  fake.clock.jump(10_000);
  const server = fake.server("s0");
  for (let i = 0; i < 5; i++) server.noteFailure("it broke");
  assert.deepEqual([server.isEjected, fake.pool.shareOf(server)], [true, 1]);
  while (server.isEjected) fake.clock.jump(1);
  assert.equal(fake.pool.shareOf(server), 0.1);
  fake.clock.jump(5000);
  assert.equal(fake.pool.shareOf(server), 1);
});
