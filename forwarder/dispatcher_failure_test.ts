import assert from "node:assert/strict";
import type { ErrorCode } from "../core/errors.ts";
import { idle } from "../core/fake_clock.ts";
import type { DispatchPolicy } from "../policies/dispatch/policy.ts";
import { type End, type FakeBackend, statusOf } from "../tests/fakes/backend.ts";
import { codeOf, FakePool, NEVER, workFor } from "../tests/fakes/pool.ts";
import type { AttemptRecord } from "./work.ts";
import type { FailureOptions } from "./failure_options.ts";

const inOrder: DispatchPolicy = ({ candidates }) => candidates[0]!.name;

/** Servers that are all up, the first of which is asked first. */
async function allUp(servers: number, said: Partial<FailureOptions> = {}): Promise<FakePool> {
  const fake = new FakePool(servers, inOrder, 1, undefined, said);
  await fake.look();
  return fake;
}

const ends = (how: End) => () => Promise.resolve(how);

/** An answer, or another end, after so long; sooner when nobody waits. */
const after = (fake: FakePool, ms: number, how: End = "ok") => async () => {
  await fake.clock.sleep(ms);
  return how;
};

/** A request that has plenty of time. */
const ask = (fake: FakePool, onAttempt?: (record: AttemptRecord) => void) =>
  fake.dispatcher.dispatch(workFor(), { deadlineAtMs: 1e9, signal: NEVER, onAttempt });

/** The number of a line of `/metrics`. */
async function counted(fake: FakePool, line: string): Promise<number> {
  const text = await fake.metricsText();
  const found = text.split("\n").find((one) => one.startsWith(`smarteye_forwarder_${line} `));
  return Number(found?.split(" ").at(-1) ?? 0);
}

Deno.test("where all servers are full a fifth of the requests are tried again, and no more", async () => {
  const fake = await allUp(2);
  for (const backend of fake.backends) backend.script = ends("overloaded");
  const asked = 1000;
  for (let i = 0; i < asked; i++) assert.equal(await codeOf(ask(fake)), "overloaded");
  const calls = fake.backends.flatMap(({ calls }) => calls).length;
  assert.equal(calls, asked + asked / 5 + 100, "and ten a second besides, of the last ten seconds");
  assert.equal(await counted(fake, 'retries_total{code="overloaded"}'), 300);
  assert.equal(await counted(fake, 'retries_refused_total{code="overloaded"}'), 700);
  fake.clock.jump(10_000);
  assert.equal(await codeOf(ask(fake)), "overloaded");
  assert.equal(
    fake.backends.flatMap(({ calls }) => calls).length,
    calls + 2,
    "there is more later",
  );
});

Deno.test("without a budget nothing is tried twice", async () => {
  const fake = await allUp(2, { retryBudget: 0 });
  fake.backends[0]!.script = ends("unavailable");
  assert.equal(await codeOf(ask(fake)), "unavailable");
  assert.equal(fake.backends[1]!.calls.length, 0);
  assert.equal(await counted(fake, 'retries_refused_total{code="unavailable"}'), 1);
});

Deno.test("a request that breaks every server takes none away from others", async () => {
  const fake = await allUp(4);
  for (const backend of fake.backends) backend.script = ends("internal");
  for (let i = 0; i < 100; i++) assert.equal(await codeOf(ask(fake)), "internal");
  fake.clock.jump(10_000);
  assert.deepEqual(fake.pool.servers.map(({ isEjected }) => isEjected), Array(4).fill(false));
  // Nor does it where the second server only says that it is full.
  fake.backends[1]!.script = ends("overloaded");
  for (let i = 0; i < 20; i++) assert.equal(await codeOf(ask(fake)), "overloaded");
  assert.deepEqual(fake.pool.servers.map(({ isEjected }) => isEjected), Array(4).fill(false));
});

Deno.test("an answer knows every attempt, and so does who asks where there is none", async () => {
  const fake = await allUp(2);
  fake.backends[0]!.script = after(fake, 20, "overloaded");
  fake.backends[1]!.script = after(fake, 30);
  const { attempts, server } = await fake.clock.until(ask(fake));
  const failed = { server: "s0", outcome: "refused", code: "overloaded", why: "first", tookMs: 20 };
  assert.deepEqual([server, attempts], ["s1", [
    failed,
    { server: "s1", outcome: "success", why: "retry", tookMs: 30 },
  ]]);
  fake.backends[1]!.script = after(fake, 30, "unavailable");
  const told: AttemptRecord[] = [];
  assert.equal(await fake.clock.until(codeOf(ask(fake, (one) => told.push(one)))), "unavailable");
  assert.deepEqual(told, [
    failed,
    { server: "s1", outcome: "failed", code: "unavailable", why: "retry", tookMs: 30 },
  ]);
});

Deno.test("a server has no more than it may, and with all so the request is refused", async () => {
  const fake = await allUp(2, { serverRequestsMax: 2 });
  for (const backend of fake.backends) backend.script = after(fake, 100);
  // All are picked before any of them is begun.
  const outcomes = Array.from({ length: 7 }, () => codeOf(ask(fake)));
  await idle();
  assert.deepEqual(fake.inFlight(), [2, 2]);
  assert.throws(() => fake.dispatcher.assertOffered("m"), /every server has as much as it may/);
  assert.equal(await codeOf(ask(fake)), "overloaded");
  await fake.clock.advance(100);
  const found = await Promise.all(outcomes);
  assert.deepEqual(found, ["ok", "ok", "ok", "ok", "overloaded", "overloaded", "overloaded"]);
  fake.dispatcher.assertOffered("m");
  assert.equal(fake.backends.flatMap(({ calls }) => calls).length, 4);
});

/** One that hedges, and knows that requests take 20 ms. */
async function hedging(servers = 2): Promise<{ fake: FakePool; backends: FakeBackend[] }> {
  const fake = await allUp(servers, { hedge: true });
  for (const backend of fake.backends) backend.script = after(fake, 20);
  for (let i = 0; i < 100; i++) await fake.clock.until(ask(fake));
  fake.clock.jump(10_000); // those that were as long as the longest so far count no more
  for (const backend of fake.backends) backend.script = after(fake, 5);
  for (let i = 0; i < 80; i++) await fake.clock.until(ask(fake));
  for (const backend of fake.backends) backend.calls.length = 0;
  return { fake, backends: fake.backends };
}

Deno.test("a request that takes long is sent to a second server, whose answer is taken", async () => {
  const { fake, backends: [slow, quick] } = await hedging();
  slow!.script = after(fake, 500);
  quick!.script = after(fake, 20);
  const beganAtMs = fake.clock.nowMs();
  const { server, attempts } = await fake.clock.until(ask(fake));
  assert.deepEqual([server, fake.clock.nowMs() - beganAtMs], ["s1", 40]);
  assert.deepEqual(attempts, [
    { server: "s1", outcome: "success", why: "hedge", tookMs: 20 },
    { server: "s0", outcome: "ignored", code: "cancelled", why: "first", tookMs: 40 },
  ]);
  assert.equal(slow!.calls[0]!.signal.aborted, true, "it is cancelled on the wire");
  assert.equal(quick!.calls[0]!.deadlineMs, slow!.calls[0]!.deadlineMs - 20, "of what is left");
  assert.deepEqual(fake.inFlight(), [0, 0]);
  assert.equal(await counted(fake, 'hedges_total{result="won"}'), 1);
  assert.doesNotMatch(await fake.metricsText(), /failures_total\{/);
});

Deno.test("a hedge that is slower, or fails, costs nothing but itself", async () => {
  for (const how of ["ok", "unavailable", "internal"] as const) {
    const { fake, backends: [first, second] } = await hedging();
    const lost = await counted(fake, 'hedges_total{result="lost"}');
    first!.script = after(fake, 30);
    second!.script = after(fake, how === "ok" ? 500 : 1, how);
    const { server, attempts } = await fake.clock.until(ask(fake));
    assert.deepEqual([server, attempts.length], ["s0", 2], how);
    assert.equal(await counted(fake, 'hedges_total{result="lost"}'), lost + 1, how);
    assert.deepEqual(fake.inFlight(), [0, 0]);
  }
});

Deno.test("what a hedged request is told when the servers fail", async () => {
  const cases: [first: ErrorCode, hedge: End, told: End][] = [
    ["unavailable", "ok", "ok"],
    ["unavailable", "overloaded", "overloaded"], // that of the last one to fail
    ["overloaded", "unavailable", "unavailable"],
    ["overloaded", "invalid_argument", "invalid_argument"],
    ["invalid_argument", "ok", "invalid_argument"],
  ];
  for (const [first, hedge, told] of cases) {
    const { fake, backends } = await hedging(3);
    backends[0]!.script = after(fake, 25, first);
    backends[1]!.script = after(fake, 10, hedge);
    assert.equal(await fake.clock.until(codeOf(ask(fake))), told, `${first}, ${hedge}`);
    assert.equal(backends[2]!.calls.length, 0, "no third one is asked");
    assert.deepEqual(fake.inFlight(), [0, 0, 0]);
  }
});

Deno.test("a request that failed is tried again, and not hedged", async () => {
  const { fake, backends: [first, second] } = await hedging(3);
  first!.script = after(fake, 10, "overloaded");
  second!.script = after(fake, 500);
  const { attempts } = await fake.clock.until(ask(fake));
  assert.deepEqual(attempts.map(({ why }) => why), ["first", "retry"]);
});

Deno.test("no more than one request in twenty is hedged", async () => {
  const { fake, backends: [slow] } = await hedging();
  const refusedBefore = await counted(fake, 'hedges_total{result="refused"}');
  slow!.script = after(fake, 200);
  // All at once: how long requests take is still known from before.
  const asked = Array.from({ length: 100 }, () => ask(fake));
  await fake.clock.until(Promise.all(asked));
  const won = await counted(fake, 'hedges_total{result="won"}');
  const refused = await counted(fake, 'hedges_total{result="refused"}') - refusedBefore;
  assert.ok(won > 0 && won <= 10, `${won}`);
  assert.equal(won + refused, 100);
});

Deno.test("who leaves while two servers are asked leaves neither with it", async () => {
  const { fake, backends } = await hedging();
  for (const backend of backends) backend.script = after(fake, 1000);
  const leave = new AbortController();
  const limits = { deadlineAtMs: 1e9, signal: leave.signal };
  const ended = codeOf(fake.dispatcher.dispatch(workFor(), limits));
  await fake.clock.advance(100);
  assert.deepEqual(fake.inFlight(), [1, 1]);
  leave.abort();
  assert.equal(await ended, "cancelled");
  assert.deepEqual(fake.inFlight(), [0, 0]);
});

Deno.test("a server that becomes much slower than it was is passed over, one that always was is not", async () => {
  const fake = new FakePool(3); // which take turns
  await fake.look();
  const answer = async (ms: readonly number[], times: number) => {
    fake.backends.forEach((backend, i) => backend.script = after(fake, ms[i]!));
    for (let i = 0; i < times; i++) await fake.clock.until(ask(fake));
    return fake.pool.servers.map(({ isEjected }) => isEjected);
  };
  assert.deepEqual(await answer([10, 20, 80], 150), [false, false, false]);
  assert.deepEqual(await answer([10, 200, 80], 30), [false, false, false], "not for a few");
  assert.deepEqual(await answer([10, 200, 80], 5), [false, true, false]);
  assert.match(
    fake.server("s1").seen().detail,
    /^passed over for \d+ s: with "m" half of its answers take 200 ms or more, 10 times as long as/,
  );
  assert.equal(await counted(fake, 'ejections_total{server="s1",why="slow"}'), 1);
  // It comes back, and is judged by what it does then.
  fake.clock.jump(13_000);
  assert.deepEqual(await answer([10, 20, 80], 60), [false, false, false]);
  const calls = fake.backends[1]!.calls.length;
  await answer([10, 20, 80], 30);
  assert.equal(fake.backends[1]!.calls.length, calls + 10);
});

Deno.test("a server that has much to do at once is not taken for one that has become slow", async () => {
  const fake = await allUp(3); // of which the first one is asked all the time
  let last = Promise.resolve();
  fake.backends[0]!.script = async () => {
    await (last = last.then(() => fake.clock.sleep(20)));
    return "ok";
  };
  for (const server of fake.pool.servers) {
    for (let i = 0; i < 20; i++) {
      const lease = server.lease("m");
      fake.clock.jump(20);
      lease.end("success");
    }
  }
  await fake.clock.until(Promise.all(Array.from({ length: 60 }, () => ask(fake))));
  assert.equal(fake.backends[0]!.calls.length, 60);
  assert.ok(fake.server("s0").latencyOf("m")!.nowMs! > 500, "it is far behind the others");
  assert.equal(fake.server("s0").isEjected, false);
});

Deno.test("where requests for one model take long no server is passed over for that", async () => {
  const fake = new FakePool(3);
  for (const backend of fake.backends) {
    backend.say = () => Promise.resolve(statusOf(["quick", "slow"]));
    backend.script = async ({ model }) => {
      await fake.clock.sleep(model === "slow" ? 2000 : 10);
      return "ok";
    };
  }
  await fake.look();
  for (let i = 0; i < 300; i++) {
    const model = i % 90 < 60 ? "quick" : "slow";
    await fake.clock.until(fake.dispatch(model, 1e9));
  }
  assert.deepEqual(fake.pool.servers.map(({ isEjected }) => isEjected), [false, false, false]);
});

Deno.test("a server that says it is well and answers nothing in time is passed over", async () => {
  const fake = new FakePool(3);
  await fake.look();
  for (const backend of fake.backends) backend.script = after(fake, 20);
  for (let i = 0; i < 90; i++) await fake.clock.until(ask(fake));
  fake.backends[0]!.script = () => new Promise(() => {});
  const outcomes: string[] = [];
  for (let i = 0; i < 60; i++) {
    const ended = codeOf(fake.dispatch("m", fake.clock.nowMs() + 500));
    outcomes.push(await fake.clock.until(ended));
  }
  assert.deepEqual(fake.pool.servers.map(({ isEjected }) => isEjected), [true, false, false]);
  assert.equal(outcomes.filter((code) => code === "deadline_exceeded").length, 11);
});
