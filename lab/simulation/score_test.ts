import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import type { Recording } from "./recording.ts";
import { accuracies, estimate, isMissed, scoreOf } from "./score.ts";
import type { SimulatedFrame } from "./simulate.ts";

/** A result is worth a tenth less for each frame that it is carried on; nothing is worth 0.05. */
const recording = {
  profile: { head: { fps: 10 } },
  carried: (from: number, _point: number, to: number) => Number((1 - (to - from) / 10).toFixed(6)),
  nothing: () => 0.05,
} as unknown as Recording;

/** Frames that come each 100 ms, with milliseconds until their result; `undefined` where there is none. */
function frames(latencies: readonly (number | undefined)[], periodMs = 100): SimulatedFrame[] {
  return latencies.map((latency, place) => ({
    ...{ place, capturedAtMs: place * periodMs, endedAtMs: place * periodMs + (latency ?? 0) },
    outcome: latency === undefined ? "dropped" : "local",
    point: latency === undefined ? undefined : 0,
    ...{ toCloud: false, bytesUp: 7, reason: "" },
  }));
}

type Case = readonly [name: string, frames: SimulatedFrame[], afterMs: number, is: number[]];

const CASES: readonly Case[] = [
  ["all in time", frames([50, 50, 50]), 100, [1, 1, 1]],
  ["exactly in time", frames([100, 100]), 100, [1, 1]],
  ["all a little late: the one before is carried", frames([150, 150, 150]), 100, [0.05, 0.9, 0.9]],
  ["very late", frames([350, 350, 350, 350, 350]), 100, [0.05, 0.05, 0.05, 0.7, 0.7]],
  ["one without a result", frames([50, undefined, undefined, 50]), 100, [1, 0.9, 0.8, 1]],
  ["none at all", frames([undefined, undefined]), 100, [0.05, 0.05]],
  ["one that is late comes in place of older ones", frames([50, 250, 50, 50]), 100, [1, 0.9, 1, 1]],
  ["an older one that comes later changes nothing", frames([350, 50, undefined, undefined]), 100, [
    ...[0.05, 1, 0.9, 0.8],
  ]],
  ["a later frame's result is not used for an earlier one", frames([50, 50, 50], 100), 250, [
    ...[1, 1, 1],
  ]],
  ["nor where its own is not there", frames([undefined, 50, 50], 100), 250, [0.05, 1, 1]],
  ["streaming: what is known at capture, of earlier frames", frames([50, 50, 50, 50]), 0, [
    ...[0.05, 0.9, 0.9, 0.9],
  ]],
  ["streaming: a result that takes longer than a period", frames([150, 150, 150, 150]), 0, [
    ...[0.05, 0.05, 0.8, 0.8],
  ]],
];
for (const [name, some, afterMs, is] of CASES) {
  Deno.test(`F1 of what is known after ${afterMs} ms: ${name}`, () => {
    assert.deepEqual(accuracies(recording, some, afterMs), is);
  });
}

Deno.test("missed: to be inferred, and without a result of its own in time", () => {
  const [frame] = frames([100]);
  const missed = (said: Partial<SimulatedFrame>) => isMissed({ ...frame!, ...said }, 100);
  assert.ok(!missed({}));
  assert.ok(missed({ endedAtMs: 100.5 }));
  assert.ok(missed({ point: undefined, outcome: "failed" }));
  assert.ok(missed({ point: undefined, outcome: "passed_over" }));
  assert.ok(!missed({ point: undefined, outcome: "filtered" }));
});

Deno.test("a score: outcomes add up, edges together; latencies are of frames with a result", () => {
  const one = frames([10, undefined, 30]);
  const other = frames([20, 40, 200]).map((frame, i): SimulatedFrame => ({
    ...frame,
    ...i === 0 ? { outcome: "cloud", toCloud: true } : {},
    ...i === 1 ? { outcome: "filtered", point: undefined } : {},
    ...i === 2 ? { toCloud: true } : {},
  }));
  const score = scoreOf(recording, { edges: [one, other], serverSeconds: 2 }, 100, 1);
  assert.deepEqual(score.frames, {
    ...{ captured: 6, here: 3, cloud: 1, filtered: 1, dropped: 1, failed: 0 },
  });
  assert.deepEqual([score.misses, score.fallbacks, score.bytesUp, score.serverSeconds], [
    2,
    1,
    42,
    2,
  ]);
  assert.deepEqual(score.latencyMs, { mean: 65, p50: 20, p95: 200, p99: 200 });
  // 1, 0.9, 1 and 1, 0.9, 0.8.
  assert.equal(score.accuracy.mean.toFixed(6), (5.6 / 6).toFixed(6));
  const nothing = scoreOf(recording, { edges: [frames([undefined])], serverSeconds: 0 }, 100, 1);
  assert.equal(nothing.latencyMs, null);
});

Deno.test("an interval: of what does not vary it is nothing; the same seed, the same", () => {
  const flat = estimate([Array(50).fill(0.25)], 10, seededRng(1));
  assert.deepEqual(flat, { mean: 0.25, low: 0.25, high: 0.25 });
  const rng = seededRng(2);
  const values = Array.from({ length: 400 }, () => rng());
  const a = estimate([values], 10, seededRng(5));
  assert.deepEqual(a, estimate([values], 10, seededRng(5)));
  assert.ok(a.low < a.mean && a.mean < a.high);
  // Independent values: the interval is about ±1.96 σ/√n.
  const half = 1.96 * Math.sqrt(1 / 12 / 400);
  assert.ok(Math.abs((a.high - a.low) / 2 / half - 1) < 0.35, `${a.low} ${a.high}`);
  // Values that stay for long tell less: blocks know it.
  const held = values.flatMap((value, i) => i % 20 === 0 ? Array(20).fill(value) : []);
  const wide = estimate([held], 40, seededRng(5));
  assert.ok(wide.high - wide.low > 2 * (a.high - a.low));
});
