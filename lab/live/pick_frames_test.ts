import assert from "node:assert/strict";
import type { ComparedFrame } from "./comparison.ts";
import { pickFrames } from "./pick_frames.ts";

/** Frames of a contestant, 4 a second, with these F1. */
const frames = (...f1: number[]): ComparedFrame[] =>
  f1.map((value, i) => ({
    ...{ number: i + 1, ptsMs: 250 * i, isDue: true, outcome: "local", model: "m", latencyMs: 5 },
    ...{ isInTime: true, bytesUp: 0, f1: value, known: [], knownFrom: i + 1 },
  }));

const places = (contestants: ComparedFrame[][], count = 12) =>
  pickFrames(contestants, count).map(({ place }) => place);

Deno.test("frames are picked by how much contestants differ, a second apart, in order of time", () => {
  const a = frames(1, 1, 1, 1, 1, 1, 1, 1, 1);
  const b = frames(0.9, 0.2, 0.1, 0.3, 0.9, 0.9, 0.5, 0.4, 0.9);
  assert.deepEqual(places([a, b]), [2, 7], "those around a greater spread are not shown too");
  assert.deepEqual(places([a, b], 1), [2]);
  assert.deepEqual(pickFrames([a, b], 1)[0]!.spread, 0.9);
});

Deno.test("of frames that are alike the earlier is picked; where nobody differs there is none", () => {
  assert.deepEqual(places([frames(1, 1, 1), frames(0.5, 0.5, 0.5)]), [0]);
  assert.deepEqual(places([frames(0.5, 0.5), frames(0.5, 0.505)]), []);
  assert.deepEqual(places([[], []]), []);
});

Deno.test("three differ by as much as the best and the worst of them; one by what it lacks of 1", () => {
  const [a, b, c] = [
    frames(0.5, 0, 0, 0, 0.9),
    frames(0.6, 0, 0, 0, 0.8),
    frames(0.9, 0, 0, 0, 0.1),
  ];
  const spreads = pickFrames([a, b, c], 9).map(({ spread }) => spread.toFixed(1));
  assert.deepEqual(spreads, ["0.4", "0.8"]);
  assert.deepEqual(places([frames(1, 1, 1, 1, 0.5, 1)]), [4]);
});

Deno.test("with an interval, frames are picked that all were to take, where there are any", () => {
  const [a, b] = [frames(1, 1, 1, 1, 1, 1), frames(0, 0.5, 0.5, 0.5, 0.5, 0.4)];
  const apart = (frames: ComparedFrame[], ...due: number[]) =>
    frames.map((frame, i) => ({ ...frame, isDue: due.includes(i) }));
  assert.deepEqual(places([apart(a, 0, 3, 5), apart(b, 2, 3, 5)]), [5]);
  assert.deepEqual(places([apart(a, 0, 4), apart(b, 1, 5)]), [0, 5], "there are none");
});
