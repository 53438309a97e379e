import assert from "node:assert/strict";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { seededRng } from "../core/rng.ts";
import { LateDecision, NotAsked } from "../policies/loaded_policy.ts";
import type { DispatchSnapshot } from "../policies/dispatch/policy.ts";
import { FakePool, NEVER } from "../tests/fakes/pool.ts";
import { IN_A_ROW_MAX, Picker } from "./picker.ts";

const busy = { load: undefined, latencyMs: undefined };
const KNOWN = {
  sequence: 0,
  model: "m",
  candidates: [{ name: "long", inFlight: 5, ...busy }, { name: "short", inFlight: 1, ...busy }],
};

type Ask = (snapshot: DispatchSnapshot, seed: number, signal?: AbortSignal) => unknown;

/** A picker over a policy that is scripted, with what it counted. */
function scripted(ask: Ask) {
  const clock = new FakeClock();
  const { metrics } = new FakePool(0);
  let closed = 0;
  const policy = { name: "mine", ask, close: () => void closed++ };
  const parts = { policy, parameters: { most: 3 }, decisionMs: 50, rng: seededRng(1) };
  const picker = new Picker({ ...parts, clock, metrics });
  return {
    clock,
    picker,
    pick: (deadlineAtMs = 10_000, signal = NEVER) => picker.pick(KNOWN, { deadlineAtMs, signal }),
    closed: () => closed,
    async fallbacks(): Promise<Record<string, number>> {
      const text = await (await metrics.answer()).text();
      return Object.fromEntries(
        [...text.matchAll(/dispatch_fallbacks_total\{why="(\w+)"\} (\d+)/g)]
          .map(([, why, count]) => [why, Number(count)]),
      );
    },
  };
}

const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await idle();
};

Deno.test("what the policy picks is taken, wherever it runs", async () => {
  for (const answer of ["long", Promise.resolve("long")]) {
    let shown: DispatchSnapshot | undefined;
    const { pick, fallbacks, clock } = scripted((snapshot) => {
      shown = snapshot;
      return answer;
    });
    assert.equal(await pick(), "long");
    assert.deepEqual(shown, { ...KNOWN, parameters: { most: 3 } });
    assert.deepEqual(await fallbacks(), {});
    assert.equal(clock.sleeping, 0, "nothing is left behind");
  }
});

Deno.test("what is of no use is picked by the shortest queue instead, and counted", async () => {
  const fails = (error: Error) => () => {
    throw error;
  };
  const cases: [what: string, ask: Ask, why: string][] = [
    ["throws", fails(new Error("x")), "failed"],
    ["rejects", () => Promise.reject(new Error("x")), "failed"],
    ["names nobody", () => "elsewhere", "failed"],
    ["names nobody later", () => Promise.resolve({ name: "long" }), "failed"],
    ["is late", () => Promise.reject(new LateDecision("late")), "late"],
    ["is at others", () => Promise.reject(new NotAsked("others")), "late"],
  ];
  for (const [what, ask, why] of cases) {
    const { pick, fallbacks } = scripted(ask);
    assert.equal(await pick(), "short", what);
    assert.deepEqual(await fallbacks(), { [why]: 1 }, what);
  }
});

Deno.test("a request waits for its decision as long as that may take, and no longer", async () => {
  const { clock, pick, fallbacks } = scripted(() => new Promise(() => {}));
  let picked: string | undefined;
  void pick().then((name) => picked = name);
  await clock.advance(49);
  await turns();
  assert.equal(picked, undefined);
  await clock.advance(1);
  await turns();
  assert.equal(picked, "short");
  assert.deepEqual(await fallbacks(), { late: 1 });
});

Deno.test("a request's own end ends its wait, and says nothing about the policy", async () => {
  const signals: AbortSignal[] = [];
  const { clock, pick, fallbacks } = scripted((_, __, signal) => {
    signals.push(signal!);
    return new Promise(() => {});
  });
  const client = new AbortController();
  const left = pick(10_000, client.signal);
  client.abort();
  assert.equal(await left, "short");
  const out = pick(clock.nowMs() + 20);
  await clock.advance(20);
  assert.equal(await out, "short");
  assert.deepEqual(await fallbacks(), {});
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true, true], "it need not be asked");
});

Deno.test("a policy that goes wrong ten times in a row is asked no more", async () => {
  let asked = 0;
  let answer: () => unknown = () => "elsewhere";
  const { pick, closed, fallbacks } = scripted(() => {
    asked++;
    return answer();
  });
  for (let i = 1; i < IN_A_ROW_MAX; i++) await pick();
  answer = () => "long";
  assert.equal(await pick(), "long", "that was not in a row");
  answer = () => Promise.reject(new NotAsked("others"));
  for (let i = 0; i < 2 * IN_A_ROW_MAX; i++) await pick();
  assert.equal(closed(), 0, "what was not asked did not go wrong");
  answer = () => Promise.reject(new LateDecision("late"));
  for (let i = 0; i < IN_A_ROW_MAX; i++) await pick();
  assert.equal(closed(), 1);
  const before = asked;
  for (let i = 0; i < 5; i++) assert.equal(await pick(), "short");
  assert.equal(asked, before);
  assert.deepEqual(await fallbacks(), {
    failed: IN_A_ROW_MAX - 1,
    late: 3 * IN_A_ROW_MAX,
    set_aside: 5,
  });
});
