import assert from "node:assert/strict";
import { type ErrorCode, ERRORS } from "../core/errors.ts";
import { idle } from "../core/fake_clock.ts";
import { seededRng } from "../core/rng.ts";
import type { DispatchPolicy } from "../policies/dispatch/policy.ts";
import { DISPATCH_POLICIES } from "../policies/registry.ts";
import type { End } from "../tests/fakes/backend.ts";
import { codeOf, FakePool } from "../tests/fakes/pool.ts";
import { Monitor } from "./monitor.ts";

const ENDS: readonly End[] = ["ok", "ok", "ok", ...Object.keys(ERRORS) as ErrorCode[]];

const inOrder: DispatchPolicy = ({ candidates }) => candidates[0]!.name;

/** A dispatcher over servers called s0, s1 … that are all up. */
async function allUp(servers: number, pick?: DispatchPolicy, seed = 1): Promise<FakePool> {
  const fake = new FakePool(servers, pick, seed);
  await fake.look();
  return fake;
}

const ends = (how: End) => () => Promise.resolve(how);

Deno.test("what a failure on the first of two servers leads to", async () => {
  const cases: [ErrorCode, End, calls: number, state: "ready" | "down"][] = [
    ["unavailable", "ok", 2, "down"],
    ["overloaded", "ok", 2, "ready"],
    ["internal", "ok", 2, "ready"],
    ["aborted", "ok", 2, "ready"],
    ["failed_precondition", "ok", 2, "ready"],
    ["not_found", "ok", 2, "ready"],
    ["invalid_argument", "invalid_argument", 1, "ready"],
    ["payload_too_large", "payload_too_large", 1, "ready"],
    ["deadline_exceeded", "deadline_exceeded", 1, "ready"],
    ["cancelled", "cancelled", 1, "ready"],
  ];
  for (const [code, told, calls, state] of cases) {
    const fake = await allUp(2);
    const [first, second] = fake.backends;
    first!.script = ends(code);
    assert.equal(await codeOf(fake.dispatch()), told, code);
    assert.equal(first!.calls.length + second!.calls.length, calls, code);
    assert.deepEqual(fake.states(), [state, "ready"], code);
    assert.deepEqual(fake.inFlight(), [0, 0]);
  }
});

Deno.test("one frame that no model can do downs no server", async () => {
  for (const code of ["failed_precondition", "internal", "aborted"] as const) {
    const fake = await allUp(3);
    for (const backend of fake.backends) backend.script = ends(code);
    assert.equal(await codeOf(fake.dispatch()), code);
    assert.equal(fake.backends.flatMap(({ calls }) => calls).length, 2, "tried once elsewhere");
    assert.deepEqual(fake.states(), ["ready", "ready", "ready"], code);
    for (const backend of fake.backends) backend.script = ends("ok");
    for (let i = 0; i < 3; i++) assert.equal(await codeOf(fake.dispatch()), "ok");
  }
});

Deno.test("a server that breaks at call after call is passed over for a while, and tried again", async () => {
  const fake = await allUp(3, inOrder);
  const [broken] = fake.backends;
  broken!.script = ends("internal");
  const detail = () => fake.server("s0").seen().detail;
  for (let i = 0; i < 4; i++) assert.equal(await codeOf(fake.dispatch()), "ok");
  assert.equal(detail(), "");
  for (let i = 0; i < 6; i++) assert.equal(await codeOf(fake.dispatch()), "ok");
  assert.equal(broken!.calls.length, 5, "no more than it took to see it");
  assert.match(detail(), /^passed over for \d+ s: 5 calls in a row went wrong, the last: /);
  assert.match(await fake.metricsText(), /ejections_total\{server="s0",why="broke"\} 1\n/);
  fake.clock.jump(12_001);
  assert.equal(detail(), "");
  broken!.script = ends("ok");
  assert.equal(await codeOf(fake.dispatch("m", fake.clock.nowMs() + 1000)), "ok");
  assert.equal(broken!.calls.length, 6);
});

Deno.test("where most servers break, or there is no other, those that do are asked as well", async () => {
  const fake = await allUp(2, inOrder);
  for (const broken of fake.backends) {
    for (const backend of fake.backends) backend.script = ends("ok");
    broken.script = ends("internal");
    for (let i = 0; i < 5; i++) assert.equal(await codeOf(fake.dispatch()), "ok");
  }
  assert.deepEqual(fake.pool.servers.map(({ isEjected }) => isEjected), [true, true]);
  for (const backend of fake.backends) backend.script = ends("ok");
  assert.equal(await codeOf(fake.dispatch()), "ok");

  const lone = await allUp(2, inOrder);
  const [broken, full] = lone.backends;
  broken!.script = ends("internal");
  for (let i = 0; i < 5; i++) await lone.dispatch();
  broken!.script = ends("ok");
  full!.script = ends("overloaded");
  assert.equal(await codeOf(lone.dispatch()), "ok", "by the one that was passed over");
});

Deno.test("what is told when both servers fail", async () => {
  const cases: [ErrorCode, ErrorCode, ErrorCode][] = [
    ["unavailable", "unavailable", "unavailable"],
    ["internal", "internal", "internal"],
    ["aborted", "aborted", "aborted"],
    ["overloaded", "overloaded", "overloaded"],
    ["overloaded", "unavailable", "unavailable"],
    ["overloaded", "not_found", "overloaded"],
    ["not_found", "overloaded", "overloaded"],
    // Of a model's failures the one that says more, and neither in place of one that may be over.
    ["failed_precondition", "failed_precondition", "failed_precondition"],
    ["failed_precondition", "not_found", "failed_precondition"],
    ["not_found", "failed_precondition", "failed_precondition"],
    ["failed_precondition", "overloaded", "overloaded"],
    ["overloaded", "failed_precondition", "overloaded"],
    // The third one still says that it has the model: asking again helps.
    ["not_found", "not_found", "unavailable"],
    ["overloaded", "invalid_argument", "invalid_argument"],
  ];
  for (const [first, second, code] of cases) {
    const fake = await allUp(3, inOrder);
    fake.backends[0]!.script = ends(first);
    fake.backends[1]!.script = ends(second);
    assert.equal(await codeOf(fake.dispatch()), code, `${first}, ${second}`);
    assert.equal(fake.backends[2]!.calls.length, 0, "no third try");
  }
});

Deno.test("a second try has the time that is left, and none when there is none", async () => {
  const fake = await allUp(2);
  const [first, second] = fake.backends;
  first!.script = async () => {
    await fake.clock.sleep(300);
    return "overloaded";
  };
  const answer = fake.dispatch();
  await fake.clock.advance(300);
  await answer;
  assert.equal(second!.calls[0]!.deadlineMs, 700);

  const late = codeOf(fake.dispatch("m", fake.clock.nowMs() + 300));
  await fake.clock.advance(300);
  assert.equal(await late, "deadline_exceeded");
  assert.equal(second!.calls.length, 1);
});

Deno.test("what has no time left for a second try is not counted as tried again", async () => {
  const fake = await allUp(2);
  const [first, second] = fake.backends;
  first!.script = () => {
    fake.clock.jump(400); // so late does its answer come
    return Promise.resolve("overloaded");
  };
  const late = fake.dispatch("m", fake.clock.nowMs() + 300);
  assert.equal(await codeOf(late), "deadline_exceeded");
  assert.deepEqual([first!.calls.length, second!.calls.length], [1, 0]);
  assert.doesNotMatch(await (await fake.metrics.answer()).text(), /retries_total\{/);
});

Deno.test("calls of a server that hangs go elsewhere as soon as the monitor has it down", async () => {
  const fake = await allUp(2);
  const [hung, well] = fake.backends;
  const monitor = new Monitor(fake.pool, 1000, fake.clock);
  await monitor.start();
  hung!.script = () => new Promise(() => {});
  hung!.say = () => new Promise(() => {});
  const answers = Array.from({ length: 8 }, () => fake.dispatch("m", 10_000));
  const late = codeOf(fake.dispatch("m", 1500));
  await idle();
  assert.deepEqual(fake.inFlight(), [5, 0], "the other four are answered");
  await fake.clock.advance(1500);
  assert.equal(await late, "deadline_exceeded", "a deadline holds before that");
  await fake.clock.advance(monitor.foundWithinMs - 1501);
  assert.deepEqual(fake.inFlight(), [4, 0]);
  await fake.clock.advance(1);
  const servers = (await Promise.all(answers)).map(({ server }) => server);
  assert.deepEqual([...new Set(servers)], ["s1"], "within their deadline, each by the other");
  assert.equal(fake.clock.nowMs(), 2000);
  assert.equal(well!.calls.length, 8);
  assert.deepEqual([fake.states(), fake.inFlight()], [["down", "ready"], [0, 0]]);
  await monitor.close();
});

Deno.test("calls of a lone server that hangs end when it is known to", async () => {
  const fake = await allUp(1);
  const [hung] = fake.backends;
  hung!.script = () => new Promise(() => {});
  hung!.say = () => new Promise(() => {});
  const failure = codeOf(fake.dispatch("m", 10_000));
  const look = fake.look();
  await fake.clock.advance(1000);
  await look;
  assert.equal(await failure, "unavailable");
});

Deno.test("who has no server is told whether waiting helps", async () => {
  const fake = await allUp(2);
  assert.equal(await codeOf(fake.dispatch("nope")), "not_found");
  assert.throws(() => fake.dispatcher.assertOffered("nope"), /those offered is wanted \(m\)/);
  fake.backends[0]!.say = () => Promise.resolve({ models: [] });
  await fake.look();
  fake.server("s1").passOver("gone");
  assert.equal(await codeOf(fake.dispatch("m")), "unavailable", "s1 may come back with it");
  fake.server("s0").passOver("gone");
  assert.equal(await codeOf(fake.dispatch("nope")), "unavailable");
});

Deno.test("a policy that names nobody costs no request", async () => {
  const fake = await allUp(1, () => "elsewhere");
  assert.equal((await fake.dispatch()).server, "s0");
  assert.deepEqual(fake.inFlight(), [0]);
  assert.match(await fake.metricsText(), /dispatch_fallbacks_total\{why="failed"\} 1/);
});

for (const [name, { policy: pick }] of Object.entries(DISPATCH_POLICIES)) {
  Deno.test(`under scripted failures, ${name} gives each request one outcome`, async () => {
    const fake = await allUp(4, pick, 3);
    const { clock } = fake;
    const rng = seededRng(11);
    const calledBy = new Map<number, string[]>();
    const met = new Set<End>();
    let ok = 0;
    fake.backends.forEach((backend, i) => {
      backend.script = async (_, { deadlineMs }) => {
        // The deadline tells the requests apart: each has its own.
        const id = Math.round(deadlineMs + clock.nowMs());
        calledBy.set(id, [...(calledBy.get(id) ?? []), `s${i}`]);
        await clock.sleep(Math.floor(rng() * 20));
        const end = ENDS[Math.floor(rng() * ENDS.length)]!;
        met.add(end);
        if (end === "ok") ok++;
        return end;
      };
    });
    const outcomes: End[] = [];
    for (let i = 0; i < 400; i++) {
      void codeOf(fake.dispatch("m", 100_000 + i)).then((code) => outcomes.push(code));
      if (i % 4 === 0) await clock.advance(5);
      if (i % 16 === 0) await fake.look();
    }
    await clock.advance(1000);
    assert.equal(outcomes.length, 400);
    assert.equal(outcomes.filter((code) => code === "ok").length, ok);
    assert.deepEqual(fake.inFlight(), [0, 0, 0, 0]);
    for (const servers of calledBy.values()) {
      assert.ok(servers.length <= 2 && new Set(servers).size === servers.length, servers.join());
    }
    const counted = [...(await fake.metricsText()).matchAll(/dispatches_total\{.*\} (\d+)/g)]
      .reduce((sum, [, count]) => sum + Number(count), 0);
    assert.equal(counted, [...calledBy.values()].flat().length, "each lease ended once");
    assert.equal(met.size, new Set(ENDS).size, "all ends were met");
  });
}
