import assert from "node:assert/strict";
import { Extremes, type KeptFrame } from "./extremes.ts";
import { Tally } from "./tally.ts";

const kept = (frame: number): KeptFrame => ({
  ...{ frame, ptsMs: 0, outcome: "local", model: "m", latencyMs: 1, meanScore: 1, found: {} },
});

/** Offers what is worth `valueOf` and gives the numbers of the best. */
function best(frames: number, valueOf: (frame: number) => number, taken?: number): number[] {
  const extremes = new Extremes();
  for (let i = 1; i <= frames; i++) extremes.offer(i, valueOf(i), () => kept(i));
  return extremes.top(3, frames, (frame) => frame === taken).map(({ frame }) => frame);
}

Deno.test("the greatest first, each from another part of the run", () => {
  const peaks = new Map([[100, 9], [101, 8], [500, 7], [900, 6], [950, 5]]);
  const worth = (frame: number) => peaks.get(frame) ?? 0;
  assert.deepEqual(best(1000, worth), [100, 500, 900]);
  assert.deepEqual(best(1000, worth, 500), [100, 900, 950]);
  assert.deepEqual(best(3, (frame) => frame), [3, 2, 1]);
  assert.deepEqual(best(0, () => 1), []);
});

Deno.test("what is kept of a frame is made for few", () => {
  const extremes = new Extremes();
  let made = 0;
  for (let i = 1; i <= 100_000; i++) {
    extremes.offer(i, 1, () => {
      made++;
      return kept(i);
    });
  }
  assert.ok(made < 1500, `${made}`);
});

Deno.test("names are counted, the first ones told, and the rest is summed", () => {
  const tally = new Tally();
  for (let i = 0; i < 2000; i++) tally.add(`name ${i}`);
  tally.add("often", 7);
  tally.add("name 3", 2);
  const { top, rest, restNames } = tally.ranking(2);
  // "often" came when there were names enough already.
  assert.deepEqual(top, [["name 3", 3], ["name 0", 1]]);
  assert.equal(rest + 4, 2000 + 7 + 2);
  assert.equal(restNames, 499);
});
