import assert from "node:assert/strict";
import type { Box, Detection } from "../../core/detection.ts";
import { changeOf, type Looked, SIZES } from "./eye.ts";
import { FEATURE_NAMES, LearnedTolerance } from "./learned_tolerance.ts";
import type { Change } from "./motion_gate.ts";

const SIZE = { width: 16, height: 16 };

function looked(index: number, level = 100, changed = 0): Looked {
  const grey = new Uint8Array(SIZE.width * SIZE.height).fill(level);
  for (let at = 0; at < changed; at++) grey[at] = level + 100;
  return { index, grey, scene: 1, picture: { ptsMs: index * 100, width: 640, height: 360 } };
}

/** Each 100 ms later than the one before. */
function change(now: Looked, reference: Looked): Change {
  return { spacingMs: 100, sizeOf: (size) => changeOf(size, now.grey, reference.grey, SIZE) };
}

function car(box: Box): Detection {
  return { label: "car", class_id: 2, score: 0.9, box };
}

const HERE = [car([100, 100, 200, 200])];
const THERE = [car([400, 100, 500, 200])];

function result(detections: readonly Detection[]) {
  return { model: "fast", findings: { detections } };
}

Deno.test("a change up to the threshold is tolerated, one beyond is not, by each feature", () => {
  const [first, little, much] = [looked(1), looked(2, 100, 8), looked(2, 100, 128)];
  for (const feature of FEATURE_NAMES) {
    const threshold = feature === "time"
      ? 150
      : (change(little, first).sizeOf(feature) + change(much, first).sizeOf(feature)) / 2;
    const tolerance = new LearnedTolerance({ feature, threshold, target: 0.9, within: 1 }, true);
    tolerance.letThrough(first);
    assert.equal(tolerance.look(change(little, first)), "little has changed", feature);
    assert.equal(tolerance.look(change(much, first)), undefined, feature);
    tolerance.letThrough(much);
    tolerance.look(change(much, much));
    assert.equal(
      tolerance.look(change(much, much)),
      feature === "time" ? undefined : "little has changed",
    );
  }
});

Deno.test("features are 0 of the same, greater of more, and at most 1", () => {
  for (const feature of SIZES) {
    const of = (changed: number) => change(looked(2, 100, changed), looked(1)).sizeOf(feature);
    assert.equal(of(0), 0);
    assert.ok(of(8) > 0 && of(64) > of(8) && of(256) <= 1, feature);
  }
});

/** What becomes of the threshold when frames are kept back before each result. */
function correctionAfter(
  results: readonly (readonly Detection[])[],
  keptBack = 4,
  isFixed = false,
  within = 1,
) {
  const tolerance = new LearnedTolerance(
    { feature: "pixel", threshold: 0.5, target: 0.9, within },
    isFixed,
  );
  let before = looked(1);
  for (const [i, detections] of results.entries()) {
    const now = looked(i * 10 + 1);
    if (i > 0) { for (let n = 0; n < keptBack; n++) tolerance.look(change(now, before)); }
    tolerance.letThrough(now);
    tolerance.settled(now, result(detections));
    before = now;
  }
  return tolerance.correction;
}

Deno.test("the threshold rises while what was said comes true, and falls when it does not", () => {
  assert.equal(correctionAfter([HERE]), 1, "one result alone says nothing");
  assert.ok(correctionAfter([HERE, HERE]) > 1);
  assert.ok(correctionAfter([HERE, THERE]) < 1);
  assert.equal(correctionAfter([HERE, THERE], 4, true), 1, "unless it is fixed");
  assert.ok(correctionAfter([HERE, THERE], 4, false, 0.5) > correctionAfter([HERE, THERE], 4));
  assert.ok(correctionAfter([HERE, THERE], 9) < correctionAfter([HERE, THERE], 2), "of more, more");
});

Deno.test("it stays within bounds, whatever comes", () => {
  const often = (some: readonly (readonly Detection[])[]) =>
    Array.from({ length: 200 }, (_, i) => some[i % some.length]!);
  assert.equal(correctionAfter(often([HERE])), 4);
  assert.equal(correctionAfter(often([HERE, THERE])), 1 / 8);
});

Deno.test("where nothing is and nothing was said to be, nothing is learned", () => {
  assert.equal(correctionAfter([[], [], []]), 1);
  assert.ok(correctionAfter([HERE, []]) < 1);
});

Deno.test("what comes late, and what came to nothing, is left aside", () => {
  const tolerance = new LearnedTolerance({
    feature: "pixel",
    threshold: 0.5,
    target: 0.9,
    within: 1,
  });
  const [first, second, third] = [looked(1), looked(2), looked(3)];
  for (const frame of [first, second, third]) tolerance.letThrough(frame);
  tolerance.settled(second, result(HERE));
  tolerance.settled(first, result(THERE));
  tolerance.settled(third);
  assert.equal(tolerance.correction, 1);
});
