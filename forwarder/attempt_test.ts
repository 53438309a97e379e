import assert from "node:assert/strict";
import { type ErrorCode, ERRORS, isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { idle } from "../core/fake_clock.ts";
import { attempt } from "./attempt.ts";
import type { AttemptRecord } from "./work.ts";
import { codeOf, FakePool, NEVER, workFor } from "../tests/fakes/pool.ts";

/** A server that is up, and attempts at it. */
async function setup() {
  const fake = new FakePool(1);
  await fake.look();
  const [backend] = fake.backends;
  const server = fake.server("s0");
  const tried = (limits: { deadlineAtMs?: number; signal?: AbortSignal } = {}) =>
    attempt(server, workFor(), { deadlineAtMs: 10_000, signal: NEVER, ...limits }, fake);
  const outcomes = async () => {
    const found = (await fake.metricsText()).matchAll(
      /dispatches_total\{.*outcome="(.*)"\} (\d+)/g,
    );
    return Object.fromEntries([...found].map(([, outcome, n]) => [outcome, Number(n)]));
  };
  return { fake, backend: backend!, server, tried, outcomes };
}

const hangs = () => new Promise<never>(() => {});

Deno.test("only a failure of the server counts against it, and only its absence downs it", async () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { fake, backend, server, tried, outcomes } = await setup();
    backend.script = () => Promise.resolve(code);
    assert.equal(await codeOf(tried()), code);
    const counts = ERRORS[code].scope === "server";
    // A server that says that it has too much to do is well.
    const outcome = code === "overloaded" ? "refused" : counts ? "failed" : "ignored";
    assert.deepEqual(await outcomes(), { [outcome]: 1 }, code);
    assert.deepEqual(fake.states(), [code === "unavailable" ? "down" : "ready"], code);
    assert.equal(server.has("m"), code !== "not_found", code);
    assert.equal(server.inFlight, 0);
    const failures = `failures_total{server="s0",code="${code}"} 1`;
    assert.equal((await fake.metricsText()).includes(failures), code !== "cancelled", code);
  }
});

Deno.test("an answer's load and stages of time are noted", async () => {
  const { fake, server, tried, outcomes } = await setup();
  await tried();
  assert.deepEqual(await outcomes(), { success: 1 });
  assert.equal(server.candidate().inFlightAtLoad, 1, "noted while the lease runs");
  const text = await fake.metricsText();
  for (
    const line of [
      'stage_duration_seconds_sum{stage="decode"} 0.001',
      'stage_duration_seconds_sum{stage="infer"} 0.005',
      'stage_duration_seconds_count{stage="queue"} 1',
      'stage_duration_seconds_count{stage="preprocess"} 1',
      'stage_duration_seconds_count{stage="postprocess"} 1',
    ]
  ) assert.ok(text.includes(`smarteye_forwarder_${line}\n`), `${line} in\n${text}`);
});

Deno.test("a call is given up when its server is lost, which counts against the server", async () => {
  const { fake, backend, tried, outcomes } = await setup();
  backend.script = hangs;
  backend.say = hangs;
  const failure = tried().catch((error: unknown) => error);
  const look = fake.look();
  await fake.clock.advance(1000);
  await look;
  const error = await failure;
  assert.ok(isSmarteyeError(error, "unavailable"), String(error));
  assert.match(error.message, /^the server was lost: it did not say how it is within 1000 ms$/);
  assert.equal(backend.calls[0]!.signal.aborted, true, "it is cancelled on the wire");
  assert.deepEqual(await outcomes(), { failed: 1 });
  assert.deepEqual(fake.inFlight(), [0]);
});

Deno.test("a call that was given up does not down a server that is back by its end", async () => {
  const { fake, backend, tried } = await setup();
  backend.infer = async (_request, _image, { signal }) => {
    while (!signal.aborted) await fake.clock.sleep(10);
    await fake.clock.sleep(500);
    throw new SmarteyeError("unavailable", "the connection was reset");
  };
  backend.say = hangs;
  const failure = codeOf(tried());
  const look = fake.look();
  await fake.clock.advance(1000);
  await look;
  backend.say = () => Promise.resolve({});
  await fake.look();
  await fake.clock.advance(1000);
  assert.equal(await failure, "unavailable");
  assert.deepEqual(fake.states(), ["ready"]);
});

Deno.test("a client that left is not the server's fault, whatever else happens", async () => {
  const { fake, backend, tried, outcomes } = await setup();
  backend.script = hangs;
  const leave = new AbortController();
  const failure = codeOf(tried({ signal: leave.signal }));
  await idle();
  leave.abort();
  assert.equal(await failure, "cancelled");
  assert.equal(await codeOf(tried({ signal: leave.signal })), "cancelled");
  assert.deepEqual(await outcomes(), { ignored: 2 });
  assert.deepEqual(fake.states(), ["ready"]);
});

Deno.test("without time left nothing is begun", async () => {
  const { backend, tried, outcomes } = await setup();
  assert.equal(await codeOf(tried({ deadlineAtMs: 0 })), "deadline_exceeded");
  assert.deepEqual([backend.calls.length, await outcomes()], [0, {}]);
});

Deno.test("a fault in here is not taken for the server's", async () => {
  const { fake, backend, tried, outcomes } = await setup();
  backend.script = () => Promise.reject(new TypeError("our own"));
  await assert.rejects(tried(), TypeError);
  assert.deepEqual([fake.states(), fake.inFlight()], [["ready"], [0]]);
  assert.deepEqual(await outcomes(), { ignored: 1 });
});

Deno.test("how an attempt went is told when it has ended, whatever its end", async () => {
  const { fake, backend, server } = await setup();
  const records: AttemptRecord[] = [];
  const limits = {
    deadlineAtMs: 10_000,
    signal: NEVER,
    onAttempt(record: AttemptRecord) {
      assert.equal(server.inFlight, 0, "its place is given back by then");
      records.push(record);
    },
  };
  const takes = (ms: number, end: ErrorCode | "ok") => async () => {
    await fake.clock.sleep(ms);
    return end;
  };
  backend.script = takes(30, "ok");
  await fake.clock.until(attempt(server, workFor(), limits, fake, "hedge"));
  backend.script = takes(5, "overloaded");
  await fake.clock.until(codeOf(attempt(server, workFor(), limits, fake, "retry")));
  backend.script = () => Promise.reject(new TypeError("our own"));
  await assert.rejects(attempt(server, workFor(), limits, fake));
  assert.deepEqual(records, [
    { server: "s0", outcome: "success", why: "hedge", tookMs: 30 },
    { server: "s0", outcome: "refused", code: "overloaded", why: "retry", tookMs: 5 },
    { server: "s0", outcome: "ignored", code: "internal", why: "first", tookMs: 0 },
  ]);
});

Deno.test("a server that says it is up and takes no call, time after time, is passed over", async () => {
  const { fake, backend, server, tried } = await setup();
  backend.script = () => Promise.resolve("unavailable");
  for (let i = 0; i < 4; i++) {
    // Calls that fail together count once: so ends what a server has that is killed.
    await Promise.all([codeOf(tried()), codeOf(tried()), codeOf(tried())]);
    await fake.look();
  }
  assert.equal(server.isEjected, false);
  await codeOf(tried());
  await fake.look();
  assert.match(server.seen().detail, /^passed over for \d+ s: 5 calls in a row went wrong/);
  assert.match(
    await fake.metricsText(),
    /ejections_total\{server="s0",why="unavailable"\} 1\n/,
  );
});
