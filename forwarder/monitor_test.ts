import assert from "node:assert/strict";
import type { ErrorCode } from "../core/errors.ts";
import { idle } from "../core/fake_clock.ts";
import { loadOf } from "../tests/fakes/backend.ts";
import { FakePool } from "../tests/fakes/pool.ts";
import { Monitor } from "./monitor.ts";

function setup(servers: number, intervalMs = 1000) {
  const fake = new FakePool(servers);
  const monitor = new Monitor(fake.pool, intervalMs, fake.clock);
  return { fake, monitor, ...fake };
}

const failing = (code: ErrorCode) => () => Promise.resolve(code);

Deno.test("states are told when they change, and only then", async () => {
  const { clock, backends: [a, b], changes, pool, monitor } = setup(2);
  b!.say = failing("unavailable");
  await monitor.start();
  assert.deepEqual(changes.splice(0), ["s0 ready", "s1 down: scripted unavailable"]);
  await clock.advance(3000);
  assert.deepEqual(changes.splice(0), []);
  assert.deepEqual([a!.looks, b!.looks], [4, 4]);
  b!.say = () => Promise.resolve({ draining: true });
  a!.say = failing("deadline_exceeded");
  await clock.advance(1000);
  assert.deepEqual(changes.splice(0).sort(), [
    "s0 down: it did not say how it is within 1000 ms",
    "s1 draining",
  ]);
  assert.equal(pool.readyCount, 0);
  b!.say = () => Promise.resolve({ load: loadOf({ queueLength: 3 }) });
  await clock.advance(1000);
  assert.deepEqual(changes.splice(0), ["s1 ready"]);
  assert.equal(pool.servers[1]!.seen().load?.queueLength, 3);
  await monitor.close();
  await clock.advance(5000);
  assert.deepEqual([a!.looks, clock.sleeping], [6, 0]);
});

Deno.test("rounds do not overlap, and keep their beat", async () => {
  const { clock, backends: [slow, fast], monitor } = setup(2);
  const limits: number[] = [];
  await monitor.start();
  slow!.say = async ({ deadlineMs }) => {
    limits.push(deadlineMs);
    await clock.sleep(700);
    return {};
  };
  await clock.advance(1000);
  await clock.advance(500);
  assert.deepEqual([slow!.looks, fast!.looks], [2, 2]);
  await clock.advance(500);
  assert.deepEqual([slow!.looks, fast!.looks], [3, 3], "1000 ms after the last round began");
  slow!.say = () => new Promise(() => {});
  await clock.advance(1999);
  assert.equal(slow!.looks, 4, "a look that hangs");
  await clock.advance(1);
  assert.equal(slow!.looks, 5, "is over when the next one is due");
  assert.deepEqual(limits, [1000, 1000]);
  await monitor.close();
});

Deno.test("a look takes 2 s at most, and when a server that hangs is found is known", async () => {
  const { backends: [one], monitor } = setup(1, 60_000);
  assert.deepEqual([monitor.lookDeadlineMs, monitor.foundWithinMs], [2000, 62_000]);
  assert.equal(setup(1, 500).monitor.foundWithinMs, 1000);
  let deadline = 0;
  one!.say = ({ deadlineMs }) => {
    deadline = deadlineMs;
    return Promise.resolve({});
  };
  await monitor.start();
  assert.equal(deadline, 2000);
  await monitor.close();
});

Deno.test("it looks at once when asked", async () => {
  const { fake, clock, backends: [one], pool, monitor } = setup(1, 60_000);
  await monitor.start();
  fake.server("s0").passOver("failed a call");
  assert.equal(pool.readyCount, 0);
  monitor.lookNow();
  await idle();
  assert.deepEqual([one!.looks, pool.readyCount], [2, 1]);
  await clock.advance(60_000);
  assert.equal(one!.looks, 3);
  await monitor.close();
});

Deno.test("an answer asked for before a call failed does not bring the server back", async () => {
  const { fake, clock, backends: [one], pool, monitor } = setup(1);
  await monitor.start();
  const answer = Promise.withResolvers<Record<string, never>>();
  one!.say = () => answer.promise;
  await clock.advance(1000);
  fake.server("s0").passOver("failed a call");
  answer.resolve({});
  await idle();
  assert.equal(pool.servers[0]!.state.kind, "down");
  await clock.advance(1000);
  assert.equal(pool.servers[0]!.state.kind, "ready");
  await monitor.close();
});
