import assert from "node:assert/strict";
import { FakePool, NEVER } from "../tests/fakes/pool.ts";
import { loadOf, statusOf } from "../tests/fakes/backend.ts";
import { idle } from "../core/fake_clock.ts";

const LOOK = { deadlineMs: 1000, signal: NEVER };

Deno.test("a lease is given back once", () => {
  const fake = new FakePool(1);
  const lease = fake.server("s0").lease();
  assert.deepEqual(fake.inFlight(), [1]);
  lease.end("success");
  assert.throws(() => lease.end("failed"), /Cannot end a lease of s0 as failed: it has ended/);
  assert.deepEqual(fake.inFlight(), [0]);
});

Deno.test("a load knows how much of it was ours", async () => {
  const fake = new FakePool(1);
  await fake.look();
  const server = fake.server("s0");
  const [first, second] = [server.lease(), server.lease()];
  server.noteLoad(loadOf({ running: 3 }));
  first.end("success");
  const { inFlight, inFlightAtLoad, load } = server.candidate();
  assert.deepEqual([inFlight, inFlightAtLoad, load?.running], [1, 2, 3]);
  second.end("ignored");
  assert.equal(server.inFlight, 0);
});

Deno.test("its latency is told by how many requests it has, and what it reports by when", async () => {
  const fake = new FakePool(1);
  await fake.look();
  const server = fake.server("s0");
  assert.deepEqual([server.candidate().latencyNowMs, server.candidate().report], [
    undefined,
    undefined,
  ]);
  const [first, second] = [server.lease(), server.lease()];
  fake.clock.jump(20);
  first.end("success"); // nobody else was there
  fake.clock.jump(30);
  second.end("success"); // one was
  const near = (found: number | undefined, wanted: number) =>
    assert.ok(Math.abs(found! - wanted) < 0.2);
  near(server.candidate().latencyNowMs, 20);
  const third = server.lease();
  near(server.candidate().latencyNowMs, 50);
  third.end("failed"); // which says nothing of how long an answer takes
  near(server.candidate().latencyNowMs, 20);
  const rates = { utilization: 0.5, requestsPerSecond: 7, failuresPerSecond: 1 };
  server.noteReport({ load: loadOf(), ...rates });
  fake.clock.jump(40);
  assert.deepEqual(server.candidate().report, { ...rates, agoMs: 40 });
});

Deno.test("its latency is that of its answers, and of those that did not come", () => {
  const fake = new FakePool(1);
  const server = fake.server("s0");
  const after = (ms: number, outcome: "success" | "failed" | "ignored") => {
    const lease = server.lease();
    fake.clock.jump(ms);
    lease.end(outcome);
    return server.candidate().latencyMs;
  };
  assert.equal(after(5, "failed"), undefined, "a quick refusal tells nothing");
  assert.equal(after(40, "success"), 40);
  assert.ok(after(1, "failed")! > 39, "nor does it make the server look quick");
  assert.equal(after(2000, "ignored"), 2000, "an answer that nobody waited for any longer");
});

Deno.test("a model is meant by its name, or by its name and version", async () => {
  const fake = new FakePool(1);
  fake.backends[0]!.say = () => Promise.resolve(statusOf(["m@1", "m@2", "n"]));
  await fake.look();
  const server = fake.server("s0");
  const has = () => ["m", "m@1", "m@2", "m@3", "n@1", "n@2", "o"].filter((one) => server.has(one));
  assert.deepEqual(has(), ["m", "m@1", "m@2", "n@1"]);
  server.forget("m@2");
  assert.deepEqual(has(), ["m", "m@1", "n@1"]);
  server.forget("m");
  assert.deepEqual(has(), ["n@1"]);
});

Deno.test("a model is forgotten until the server says again that it has it", async () => {
  const fake = new FakePool(1);
  await fake.look();
  const server = fake.server("s0");
  server.forget("m");
  assert.deepEqual([server.has("m"), server.isReady], [false, true]);
  await fake.look();
  assert.equal(server.has("m"), true);
});

Deno.test("a look that nothing answers gives the server's calls up, until it is back", async () => {
  const fake = new FakePool(1);
  const [backend] = fake.backends;
  await fake.look();
  const server = fake.server("s0");
  const before = server.lease();
  backend!.say = () => new Promise(() => {});
  const look = server.look(LOOK);
  await fake.clock.advance(999);
  assert.deepEqual([fake.states(), before.lost.aborted], [["ready"], false]);
  await fake.clock.advance(1);
  await look;
  assert.deepEqual([fake.states(), before.lost.aborted], [["down"], true]);
  backend!.say = () => Promise.resolve({});
  await fake.look();
  const after = server.lease();
  assert.deepEqual([fake.states(), after.lost.aborted], [["ready"], false]);
  assert.equal(before.lost.aborted, true, "what was given up stays so");
});

Deno.test("a look that is refused leaves the server's calls alone: it may be leaving", async () => {
  const fake = new FakePool(1);
  await fake.look();
  const lease = fake.server("s0").lease();
  fake.backends[0]!.say = () => Promise.resolve("unavailable");
  await fake.look();
  assert.deepEqual([fake.states(), lease.lost.aborted], [["down"], false]);
});

Deno.test("a look that its asker gave up says nothing of the server", async () => {
  const fake = new FakePool(1);
  await fake.look();
  fake.backends[0]!.say = () => new Promise(() => {});
  const stop = new AbortController();
  const look = fake.server("s0").look({ deadlineMs: 1000, signal: stop.signal });
  stop.abort();
  await look;
  assert.deepEqual(fake.states(), ["ready"]);
});

Deno.test("a retired server finishes what it has, then closes its channel", async () => {
  const fake = new FakePool(1);
  await fake.look();
  const [backend] = fake.backends;
  const server = fake.server("s0");
  const [first, second] = [server.lease(), server.lease()];
  const retired = server.retire(5000);
  assert.throws(() => server.lease(), /Cannot take a lease of s0: it was removed/);
  first.end("success");
  await fake.clock.advance(4000);
  assert.deepEqual([backend!.closed, second.lost.aborted], [false, false]);
  second.end("success");
  await retired;
  assert.equal(backend!.closed, true);
  assert.equal(fake.clock.sleeping, 0);
});

Deno.test("a retired server has a grace, then what it has is given up", async () => {
  const fake = new FakePool(1);
  await fake.look();
  const server = fake.server("s0");
  const lease = server.lease();
  const retired = server.retire(5000);
  await fake.clock.advance(4999);
  assert.equal(lease.lost.aborted, false);
  await fake.clock.advance(1);
  await retired;
  assert.deepEqual([fake.backends[0]!.closed, lease.lost.aborted], [true, true]);
  lease.end("failed");
  const changes = [...fake.changes];
  await server.look(LOOK);
  await idle();
  assert.deepEqual(fake.changes, changes, "of a server that is gone nothing is told");
});
