import assert from "node:assert/strict";
import type { Detection } from "../../core/detection.ts";
import type { OperatingPoint, Profile } from "../profile/profile.ts";
import { Recording } from "./recording.ts";
import { syntheticProfile } from "../../tests/fakes/synthetic_profile.ts";

/** Pixels of the video: 200 stands for its own height. */
const OWN = 180;
const HEIGHTS = [100, 200];
const QUALITIES = [40, 80];

function car(left: number): Detection {
  return { label: "car", class_id: 0, score: 0.9, box: [left, 0, left + 10, 10] };
}

/** Two frames, of which a car stands in the first where none is in the second; one model, five points. */
function recording(): Recording {
  const { head, frames } = syntheticProfile(2);
  const encodings = HEIGHTS.flatMap((height) => QUALITIES.map((quality) => ({ height, quality })));
  const points: OperatingPoint[] = [undefined, ...encodings]
    .map((encoding) => ({ model: "m", encoding }));
  const bytes = [0, 1000, 2000, 4000, 8000];
  const profile: Profile = {
    head: {
      ...{ ...head, points, height: OWN, width: 320 },
      models: [{ name: "m", accuracy: 30, serviceMs: 10 }],
    },
    frames: frames.map((frame, at) => ({
      ...frame,
      truth: [car(100 * at)],
      answers: bytes.map((bytes, i) => (
        { bytes, encodeMs: i, serviceMs: 10, f1: 0.5 + i / 10, detections: [car(0)] }
      )),
    })),
  };
  return new Recording(profile);
}

const POINTS: readonly (readonly [string, number, number, number])[] = [
  ["as measured", 100, 80, 2],
  ["between: no better in either", 150, 60, 1],
  ["between heights", 150, 80, 2],
  ["between qualities", 200, 79, 3],
  ["the frame's own height is that of what is above it", 180, 80, 4],
  ["above its own height", 1080, 95, 4],
  ["just below its own height", 179, 80, 2],
  ["below the least height", 50, 80, 2],
  ["below the least quality", 200, 10, 3],
  ["below both", 16, 1, 1],
];
for (const [name, height, quality, point] of POINTS) {
  Deno.test(`a point that stands for ${height}p q${quality}: ${name}`, () => {
    assert.equal(recording().sentPoint("m", { height, quality }), point);
  });
}

const SIZES: readonly (readonly [string, number, number, number])[] = [
  ["as measured", 100, 40, 1000],
  ["half way between qualities, in ratios", 100, Math.sqrt(40 * 80), Math.sqrt(1000 * 2000)],
  ["half way between heights, in ratios", Math.sqrt(100 * 180), 40, Math.sqrt(1000 * 4000)],
  ["between both", Math.sqrt(100 * 180), Math.sqrt(40 * 80), Math.sqrt(2000 * 4000)],
  ["its own height", 180, 80, 8000],
  ["above its own height", 720, 80, 8000],
  ["below all: the least", 20, 5, 1000],
  ["above all qualities: the greatest", 180, 100, 8000],
];
for (const [name, height, quality, bytes] of SIZES) {
  Deno.test(`bytes of ${height.toFixed(0)}p q${quality.toFixed(0)}: ${name}`, () => {
    const encoded = recording().encoded(0, { height, quality });
    assert.equal(encoded.bytes, Math.round(bytes));
  });
}

Deno.test("milliseconds of encoding lie between those around", () => {
  const { encodeMs } = recording().encoded(0, { height: 180, quality: Math.sqrt(40 * 80) });
  assert.equal(encodeMs.toFixed(9), "3.500000000");
});

Deno.test("what was measured is told from what was not", () => {
  const it = recording();
  assert.ok(it.isMeasured({ height: 100, quality: 40 }));
  assert.ok(it.isMeasured({ height: 4000, quality: 80 }), "its own height");
  assert.ok(!it.isMeasured({ height: 150, quality: 40 }));
  assert.ok(!it.isMeasured({ height: 100, quality: 41 }));
});

Deno.test("models: whole frames apart from those that are sent, unknown ones nowhere", () => {
  const it = recording();
  assert.deepEqual([it.wholePoint("m"), it.wholePoint("other")], [0, undefined]);
  assert.equal(it.sentPoint("other", { height: 100, quality: 40 }), undefined);
});

Deno.test("after the last frame the first comes again; what is carried is judged where it is used", () => {
  const it = recording();
  assert.equal(it.frame(2), it.frame(0));
  assert.equal(it.answer(3, 1), it.answer(1, 1));
  assert.equal(it.carried(0, 2, 0), 0.7, "its own: as measured");
  assert.equal(it.carried(0, 2, 2), 0.7, "the same frame, a round later");
  assert.equal(it.carried(0, 2, 1), 0, "the car is elsewhere");
  assert.equal(it.carried(1, 2, 0), 1);
  assert.equal(it.carried(1, 2, 0), 1, "remembered");
  assert.equal(it.nothing(0), 0, "there is a car");
});

Deno.test("a profile without frames is refused", () => {
  const profile = syntheticProfile(1);
  assert.throws(() => new Recording({ ...profile, frames: [] }), /without frames/);
});
