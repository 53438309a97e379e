/** Decisions of whole runs: they can be decided again, and no policy's fault costs a frame. */

import assert from "node:assert/strict";
import { seededRng, seedOf } from "../core/rng.ts";
import { LateDecision } from "../policies/loaded_policy.ts";
import type { ControlPolicy, ControlSnapshot } from "../policies/offload/policy.ts";
import { decideOn } from "../policies/offload/decide.ts";
import { CLOUD, FakeRun, LOCAL, type RunScript, scripted } from "../tests/fakes/run.ts";

/** Goes by chance, by what it has learnt, and by what it is told. */
const gambler: ControlPolicy = ({ state, cloud, frame }, rng) => {
  const before = (state as { lost: number } | undefined)?.lost ?? 0;
  const reason = `${before} lost, ${cloud.pending} there, ${
    rng().toFixed(12)
  }, frame ${frame.index}`;
  const draw = rng();
  if (draw < 0.1) return { place: "filter", reason, state: { lost: before + 1 } };
  return draw < 0.6 ? { ...LOCAL, reason } : { ...CLOUD, reason, state: { lost: before - rng() } };
};

/** A run of 300 frames under a policy that goes by chance, with all that it was told. */
async function recorded(seed: number) {
  const told: string[] = [];
  const run = new FakeRun({
    source: { frames: 300, everyMs: 3 },
    policy: (snapshot, rng) => {
      told.push(JSON.stringify(snapshot));
      return gambler(snapshot, rng);
    },
  }, seed);
  const { summary } = await run.end();
  return { told, decisions: run.records.map(({ decision }) => decision?.reason), summary };
}

Deno.test("a run is decided again from its snapshots and its seed, to the last bit", async () => {
  const { told, decisions, summary } = await recorded(4711);
  assert.equal(summary.seed, 4711);
  const policy = scripted(gambler);
  for (const [i, json] of told.entries()) {
    const snapshot: ControlSnapshot = JSON.parse(json);
    const seed = seedOf(summary.seed, snapshot.frame.index);
    const { decision } = await decideOn(policy, snapshot, seed);
    assert.equal(decision.reason, decisions[i], `frame ${snapshot.frame.index}`);
  }
  assert.equal(told.length, 300);
  assert.ok(new Set(decisions).size === 300, "they are not all the same");
});

Deno.test("the same seed, the same run; another one, another run", async () => {
  const [one, again, other] = await Promise.all([recorded(1), recorded(1), recorded(2)]);
  assert.deepEqual(again.decisions, one.decisions);
  assert.notDeepEqual(other.decisions, one.decisions);
});

Deno.test("each frame draws its own numbers, whatever the others drew", () => {
  const first = new Set(
    Array.from({ length: 10_000 }, (_, index) => seededRng(seedOf(7, index))()),
  );
  assert.equal(first.size, 10_000);
  const mean = [...first].reduce((sum, value) => sum + value, 0) / first.size;
  assert.ok(Math.abs(mean - 0.5) < 0.01, `${mean}`);
});

/** A run under a policy that is late for some frames. */
function lateFor(isLate: (index: number) => boolean, more: RunScript = {}): FakeRun {
  return new FakeRun({
    source: { frames: 40 },
    policy: ({ frame }) => {
      if (isLate(frame.index)) throw new LateDecision("it did not decide within 50 ms");
      return { ...CLOUD, state: frame.index };
    },
    ...more,
  });
}

Deno.test("where a policy is late, a frame goes as if the cloud had failed, and that is counted", async () => {
  const run = lateFor((index) => index % 4 === 0);
  const { summary, failure } = await run.end();
  assert.equal(failure, undefined);
  assert.deepEqual([summary.frames.cloud, summary.frames.local], [30, 10]);
  assert.deepEqual([summary.late_decisions, summary.fallbacks], [10, 0]);
  assert.equal(run.records[3]?.decision?.reason, "it did not decide within 50 ms");
});

Deno.test("a policy that is late ten times in a row ends the run, and its results are kept", async () => {
  const run = lateFor((index) => index > 20);
  const { summary, failure } = await run.end();
  assert.equal(
    failure?.message,
    'Cannot decide about frame 30 with the policy "scripted": it did not decide within 50 ms, for ' +
      "10 frames in a row",
  );
  const { captured, local, cloud, failed } = summary.frames;
  assert.deepEqual([captured, local, cloud, failed], [30, 9, 20, 1]);
  assert.equal(run.records.length, 30);
});

Deno.test("nine times in a row are forgiven", async () => {
  const run = lateFor((index) => index % 10 !== 0);
  assert.equal((await run.end()).failure, undefined);
});

Deno.test("an edge without a model sends what the policy is late for", async () => {
  const run = lateFor((index) => index === 2, { localModels: [], source: { frames: 3 } });
  const { summary } = await run.end();
  assert.deepEqual([summary.frames.cloud, summary.late_decisions], [3, 1]);
});

Deno.test("the state that came with a decision comes back with the next frame, and stays", async () => {
  const states: unknown[] = [];
  const run = new FakeRun({
    source: { frames: 4 },
    policy: ({ state, frame }) => {
      states.push(state);
      return frame.index === 2 ? LOCAL : { ...LOCAL, state: { seen: frame.index } };
    },
  });
  await run.end();
  assert.deepEqual(states, [undefined, { seen: 1 }, { seen: 1 }, { seen: 3 }]);
});

Deno.test("a policy is told what was found, how large frames are, and how much they differ", async () => {
  const snapshots: ControlSnapshot[] = [];
  const policy = {
    ...scripted((snapshot) => {
      snapshots.push(snapshot);
      return snapshot.frame.index === 2 ? { place: "filter", reason: "" } : CLOUD;
    }),
    needs: ["difference", "motion"] as const,
  };
  const run = new FakeRun({ source: { frames: 4, everyMs: 100 }, loaded: policy });
  await run.end();
  const [first, second, third, fourth] = snapshots;
  assert.deepEqual([first!.last, first!.cloud.sent, first!.frame.difference], [
    undefined,
    [],
    undefined,
  ]);
  assert.deepEqual(second!.last, {
    ...{ index: 1, ageMs: 40, count: 1, bestScore: 0.8, meanScore: 0.8 },
    labels: ["car"],
  });
  assert.deepEqual(second!.cloud.sent, [{ height: 180, quality: 70, bytes: 1000 }]);
  // A fake picture is as bright as its presentation time: a step of 40 from one to the next.
  assert.deepEqual(
    [second, third, fourth].map((snapshot) => snapshot!.frame.difference?.toFixed(6)),
    [40 / 255, 80 / 255, 40 / 255].map((difference) => difference.toFixed(6)),
    "the second one was not inferred",
  );
  assert.deepEqual(
    snapshots.map(({ frame }) => frame.motion),
    [undefined, 1, 1, 1],
    "each is another than the one before, all over",
  );
});

Deno.test("what nobody asks for is not looked at", async () => {
  const run = new FakeRun({ source: { frames: 3 } });
  await run.end();
  assert.ok(run.source.given.every(({ compared }) => compared === 0));
});
