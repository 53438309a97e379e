import assert from "node:assert/strict";
import type { FailureKind } from "./backend.ts";
import { Monitor } from "./monitor.ts";
import { ServerPool } from "./server_pool.ts";
import { FakeBackend, loadOf, modelOf } from "../tests/fakes/backend.ts";
import { FakeClock, idle } from "../core/fake_clock.ts";

function setup(servers: number, intervalMs = 1000) {
  const clock = new FakeClock();
  const backends = Array.from({ length: servers }, () => new FakeBackend());
  const changes: string[] = [];
  const pool = new ServerPool(
    backends.map((backend, i) => ({ name: `s${i}`, backend })),
    clock,
    (server, state) => {
      changes.push(`${server} ${state.kind}${state.kind === "down" ? `: ${state.why}` : ""}`);
    },
  );
  return { clock, backends, changes, pool, monitor: new Monitor(pool, intervalMs, clock) };
}

const failing = (kind: FailureKind) => () => Promise.resolve(kind);

Deno.test("states are told when they change, and only then", async () => {
  const { clock, backends: [a, b], changes, pool, monitor } = setup(2);
  b!.say = failing("unreachable");
  await monitor.start();
  assert.deepEqual(changes.splice(0), ["s0 ready", "s1 down: scripted unreachable"]);
  await clock.advance(3000);
  assert.deepEqual(changes.splice(0), []);
  assert.deepEqual([a!.looks, b!.looks], [4, 4]);
  b!.say = () => Promise.resolve({ draining: true });
  a!.say = failing("deadline_exceeded");
  await clock.advance(1000);
  assert.deepEqual(changes.splice(0).sort(), [
    "s0 down: scripted deadline_exceeded",
    "s1 draining",
  ]);
  assert.equal(pool.readyCount, 0);
  b!.say = () => Promise.resolve({ load: loadOf({ queueLength: 3 }) });
  await clock.advance(1000);
  assert.deepEqual(changes.splice(0), ["s1 ready"]);
  assert.equal(pool.answer().servers[1]!.load.queue_length, 3);
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
  slow!.say = async () => {
    await clock.sleep(1500);
    return "deadline_exceeded";
  };
  await clock.advance(2400);
  assert.equal(slow!.looks, 4, "a round that takes longer than the interval");
  await clock.advance(100);
  assert.equal(slow!.looks, 5, "is followed at once by the next");
  assert.deepEqual(limits, [1000, 1000]);
  const closed = monitor.close();
  await clock.advance(1500);
  await closed;
});

Deno.test("a look takes 2 s at most", async () => {
  const { backends: [one], monitor } = setup(1, 60_000);
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
  const { clock, backends: [one], pool, monitor } = setup(1, 60_000);
  await monitor.start();
  pool.lost("s0", "failed a call");
  assert.equal(pool.readyCount, 0);
  monitor.lookNow();
  await idle();
  assert.deepEqual([one!.looks, pool.readyCount], [2, 1]);
  await clock.advance(60_000);
  assert.equal(one!.looks, 3);
  await monitor.close();
});

Deno.test("an answer asked for before a call failed does not bring the server back", async () => {
  const { clock, backends: [one], pool, monitor } = setup(1);
  await monitor.start();
  const answer = Promise.withResolvers<Record<string, never>>();
  one!.say = () => answer.promise;
  await clock.advance(1000);
  pool.lost("s0", "failed a call");
  answer.resolve({});
  await idle();
  assert.equal(pool.servers[0]!.state.kind, "down");
  await clock.advance(1000);
  assert.equal(pool.servers[0]!.state.kind, "ready");
  await monitor.close();
});

Deno.test("a load knows how much of it was ours", () => {
  const { pool } = setup(1);
  pool.heard("s0", { load: loadOf(), models: [modelOf("m")], draining: false }, 0);
  const first = pool.lease("s0");
  const second = pool.lease("s0");
  pool.noteLoad("s0", loadOf({ running: 3 }));
  first.end("success");
  const [candidate] = pool.candidates("m", new Set());
  assert.deepEqual([candidate!.inFlight, candidate!.inFlightAtLoad, candidate!.latencyMs], [
    1,
    2,
    0,
  ]);
  second.end("ignored");
  pool.forgetModel("s0", "m");
  assert.deepEqual(pool.candidates("m", new Set()), []);
});
