import assert from "node:assert/strict";
import { type ErrorCode, isSmarteyeError } from "../core/errors.ts";
import { seededRng } from "../core/rng.ts";
import type { DispatchPolicy } from "../policies/dispatch/policy.ts";
import { DISPATCH_POLICIES } from "../policies/registry.ts";
import { BackendFailure, type FailureKind, type InferRequest } from "./backend.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Metrics } from "./metrics.ts";
import { ServerPool } from "./server_pool.ts";
import { FakeBackend, loadOf, modelOf } from "../tests/fakes/backend.ts";
import { FakeClock } from "../core/fake_clock.ts";

const KINDS: readonly (FailureKind | "ok")[] = [
  "ok",
  "ok",
  "ok",
  "unreachable",
  "broken",
  "busy",
  "no_such_model",
  "refused",
  "too_large",
  "deadline_exceeded",
  "cancelled",
];

const never = new AbortController().signal;

/** A dispatcher over servers called s0, s1 … that are all up. */
function setup(
  servers: number,
  pick: DispatchPolicy = DISPATCH_POLICIES["round_robin"]!,
  seed = 1,
) {
  const clock = new FakeClock();
  const backends = Array.from({ length: servers }, () => new FakeBackend());
  const pool = new ServerPool(
    backends.map((backend, i) => ({ name: `s${i}`, backend })),
    clock,
    () => {},
  );
  const allUp = () => {
    for (const { name, losses } of pool.servers) {
      pool.heard(name, { load: loadOf(), models: [modelOf("m")], draining: false }, losses);
    }
  };
  allUp();
  const metrics = new Metrics(pool);
  const policy = { name: "test", pick };
  const dispatcher = new Dispatcher({ pool, policy, rng: seededRng(seed), clock, metrics });
  const request: InferRequest = { model: "m", service: undefined, image: new Uint8Array(1) };
  const dispatch = (model = "m", deadlineAtMs = 1000) =>
    dispatcher.dispatch({ ...request, model }, { deadlineAtMs, signal: never });
  const inFlight = () => pool.servers.map((server) => server.inFlight);
  return { clock, backends, pool, dispatch, dispatcher, metrics, allUp, inFlight };
}

async function codeOf(outcome: Promise<unknown>): Promise<ErrorCode | "ok"> {
  try {
    await outcome;
    return "ok";
  } catch (error) {
    assert.ok(isSmarteyeError(error), String(error));
    return error.code;
  }
}

Deno.test("what a failure on the first of two servers leads to", async () => {
  const cases: [FailureKind, ErrorCode | "ok", calls: number, state: "ready" | "down"][] = [
    ["unreachable", "ok", 2, "down"],
    ["broken", "ok", 2, "down"],
    ["busy", "ok", 2, "ready"],
    ["no_such_model", "ok", 2, "ready"],
    ["refused", "invalid_argument", 1, "ready"],
    ["too_large", "payload_too_large", 1, "ready"],
    ["deadline_exceeded", "deadline_exceeded", 1, "ready"],
    ["cancelled", "cancelled", 1, "ready"],
  ];
  for (const [kind, code, calls, state] of cases) {
    const { backends, pool, dispatch, inFlight } = setup(2);
    backends[0]!.script = () => Promise.resolve(kind);
    assert.equal(await codeOf(dispatch()), code, kind);
    assert.equal(backends[0]!.calls.length + backends[1]!.calls.length, calls, kind);
    assert.equal(pool.servers[0]!.state.kind, state, kind);
    assert.deepEqual(inFlight(), [0, 0]);
  }
});

Deno.test("what is told when both servers fail", async () => {
  const cases: [FailureKind, FailureKind, ErrorCode][] = [
    ["unreachable", "unreachable", "unavailable"],
    ["broken", "broken", "internal"],
    ["busy", "busy", "overloaded"],
    ["busy", "unreachable", "unavailable"],
    ["busy", "no_such_model", "overloaded"],
    ["no_such_model", "busy", "overloaded"],
    // The third one still says that it has the model: asking again helps.
    ["no_such_model", "no_such_model", "unavailable"],
    ["busy", "refused", "invalid_argument"],
  ];
  for (const [first, second, code] of cases) {
    const { backends, dispatch } = setup(3, ({ candidates }) => candidates[0]!.name);
    backends[0]!.script = () => Promise.resolve(first);
    backends[1]!.script = () => Promise.resolve(second);
    assert.equal(await codeOf(dispatch()), code, `${first}, ${second}`);
    assert.equal(backends[2]!.calls.length, 0, "no third try");
  }
});

Deno.test("a second try has the time that is left, and none when there is none", async () => {
  const { clock, backends, dispatch } = setup(2);
  backends[0]!.script = async () => {
    await clock.sleep(300);
    return "busy";
  };
  const answer = dispatch();
  await clock.advance(300);
  await answer;
  assert.equal(backends[1]!.calls[0]!.deadlineMs, 700);

  const late = codeOf(dispatch("m", clock.nowMs() + 300));
  await clock.advance(300);
  assert.equal(await late, "deadline_exceeded");
  assert.equal(backends[1]!.calls.length, 1);
});

Deno.test("who has no server is told whether waiting helps", async () => {
  const { pool, dispatch, dispatcher } = setup(2);
  assert.equal(await codeOf(dispatch("nope")), "not_found");
  assert.throws(() => dispatcher.assertOffered("nope"), /those offered is wanted \(m\)/);
  pool.heard("s0", { load: loadOf(), models: [modelOf("a")], draining: false }, 0);
  pool.lost("s1", "gone");
  assert.equal(await codeOf(dispatch("m")), "unavailable", "s1 may come back with it");
  pool.lost("s0", "gone");
  assert.equal(await codeOf(dispatch("nope")), "unavailable");
});

Deno.test("a policy that goes wrong is named", async () => {
  const { dispatch, inFlight } = setup(1, () => "elsewhere");
  await assert.rejects(dispatch(), /dispatch policy "test": it returned "elsewhere"/);
  assert.deepEqual(inFlight(), [0]);
});

for (const [name, pick] of Object.entries(DISPATCH_POLICIES)) {
  Deno.test(`under scripted failures, ${name} gives each request one outcome`, async () => {
    const { clock, backends, dispatch, inFlight, allUp, metrics, pool } = setup(4, pick, 3);
    const rng = seededRng(11);
    const calledBy = new Map<number, string[]>();
    let ok = 0;
    backends.forEach((backend, i) => {
      backend.script = async (_, { deadlineMs }) => {
        // The deadline tells the requests apart: each has its own.
        const id = Math.round(deadlineMs + clock.nowMs());
        calledBy.set(id, [...(calledBy.get(id) ?? []), `s${i}`]);
        await clock.sleep(Math.floor(rng() * 20));
        const kind = KINDS[Math.floor(rng() * KINDS.length)]!;
        if (kind === "ok") ok++;
        return kind;
      };
    });
    const outcomes: (ErrorCode | "ok")[] = [];
    for (let i = 0; i < 400; i++) {
      void codeOf(dispatch("m", 100_000 + i)).then((code) => outcomes.push(code));
      if (i % 4 === 0) await clock.advance(5);
      if (i % 16 === 0) allUp();
    }
    await clock.advance(1000);
    assert.equal(outcomes.length, 400);
    assert.equal(outcomes.filter((code) => code === "ok").length, ok);
    assert.deepEqual(inFlight(), [0, 0, 0, 0]);
    for (const servers of calledBy.values()) {
      assert.ok(servers.length <= 2 && new Set(servers).size === servers.length, servers.join());
    }
    const { text } = await metrics.text();
    const counted = [...text.matchAll(/dispatches_total\{.*\} (\d+)/g)]
      .reduce((sum, [, count]) => sum + Number(count), 0);
    assert.equal(counted, [...calledBy.values()].flat().length, "each lease ended once");
    assert.ok(pool.servers.every(({ losses }) => losses > 0), "all kinds were met");
  });
}

Deno.test("a lease is given back once", () => {
  const { pool } = setup(1);
  const lease = pool.lease("s0");
  lease.end("success");
  assert.throws(() => lease.end("failed"), /Cannot end a lease of s0 as failed: it has ended/);
  assert.equal(pool.servers[0]!.inFlight, 0);
  assert.throws(() => pool.lease("s9"), RangeError);
});

Deno.test("a fault in here is not taken for the server's", async () => {
  const { backends, dispatch, inFlight, pool } = setup(1);
  backends[0]!.script = () => Promise.reject(new TypeError("our own"));
  await assert.rejects(dispatch(), TypeError);
  assert.deepEqual([inFlight(), pool.servers[0]!.state.kind], [[0], "ready"]);
  assert.ok(new BackendFailure("busy", "x") instanceof Error);
});
