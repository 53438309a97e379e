/** Lines count what crosses them, however badly it is seen. */

import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import {
  crossingWalk,
  framesOf,
  LINE_Y,
  SCENE,
  type Sight,
  spotAt,
  type Walk,
} from "../../tests/fakes/walks.ts";
import type { LineCounts } from "./note.ts";
import type { ZoneOptions } from "./options.ts";
import { ZoneWatch } from "./zone_watch.ts";

const LINE: ZoneOptions = {
  name: "line",
  // From left to right: who looks along it has the lower part of the picture to the right.
  shape: { kind: "line", from: [0, LINE_Y / SCENE.height], to: [1, LINE_Y / SCENE.height] },
  classes: ["person"],
  dwellMs: 0,
  anchor: "bottom",
  sources: [],
};

const SECONDS = 40;

/** Nearer than this to the line, in shares of a thing's size, it is on neither side. */
const ON_LINE = 0.2;

interface Played {
  readonly counts: LineCounts;
  readonly truth: { in: number; out: number };
  /** How many more are beyond the line than when each was seen first. */
  readonly beyond: number;
}

/** Three things go to and fro over the line. The truth counts where it was when it was seen. */
function played(seed: number, sight: Sight): Played {
  const rng = seededRng(seed);
  const walks = [120, 320, 520].map((x) => crossingWalk(rng, x));
  const watch = new ZoneWatch([LINE]);
  const truth = { in: 0, out: 0 };
  const [first, last] = [new Map<Walk, number>(), new Map<Walk, number>()];
  for (const frame of framesOf(walks, sight, SECONDS, rng)) {
    watch.see(frame);
    for (const walk of walks.filter(({ label }) => label === "person")) {
      const spot = spotAt(walk, frame.atMs / 1000);
      const isSeen = spot &&
        frame.detections.some(({ box }) =>
          Math.hypot((box[0] + box[2]) / 2 - spot[0], box[3] - spot[1]) < walk.tall * 0.4
        );
      const size = walk.tall * Math.sqrt(0.4);
      if (!isSeen || Math.abs(spot[1] - LINE_Y) < ON_LINE * size) continue;
      const side = Math.sign(spot[1] - LINE_Y);
      const before = last.get(walk);
      if (before === undefined) first.set(walk, side);
      else if (before !== side) truth[side > 0 ? "in" : "out"]++;
      last.set(walk, side);
    }
  }
  const atMs = SECONDS * 1000;
  watch.close({ atMs, wallMs: 1.8e12 + atMs, index: 0 });
  const beyond = [...last].reduce((sum, [walk, side]) => sum + (side - first.get(walk)!) / 2, 0);
  return { counts: watch.counts().line!, truth, beyond };
}

/** Steady, well seen. */
const WELL: Sight = { fps: 25, jitter: 0, flicker: 0, lossesPerS: 0, lossMaxS: 1.2, newIds: 0 };

for (const fps of [2, 5, 10, 25]) {
  Deno.test(`at ${fps} frames a second, what is counted is what crossed, and in - out what is beyond`, () => {
    const sight = { ...WELL, fps, jitter: 0.03, flicker: 0.2, lossesPerS: 0.3 };
    let crossed = 0;
    for (let seed = 0; seed < 50; seed++) { // 600 paths in all
      const { counts, truth, beyond } = played(seed, sight);
      assert.deepEqual(counts, truth, `seed ${seed}`);
      assert.equal(counts.in - counts.out, beyond, `seed ${seed}`);
      crossed += truth.in + truth.out;
    }
    assert.ok(crossed > 80);
  });
}

Deno.test("what comes back under another number is neither counted twice nor, but for a few, missed", () => {
  const sight = { ...WELL, fps: 10, jitter: 0.03, flicker: 0.2, lossesPerS: 0.3, newIds: 0.5 };
  let [crossed, missed] = [0, 0];
  for (let seed = 0; seed < 170; seed++) { // 510 paths
    const { counts, truth } = played(seed, sight);
    assert.ok(counts.in <= truth.in && counts.out <= truth.out, `seed ${seed}`);
    crossed += truth.in + truth.out;
    missed += truth.in + truth.out - counts.in - counts.out;
  }
  assert.ok(missed <= 0.015 * crossed, `${missed} of ${crossed}`);
});

Deno.test("who goes around the end of a line crosses nothing, and comes back over it", () => {
  const half: ZoneOptions = {
    ...LINE,
    shape: { kind: "line", from: [0.3, 0.5], to: [0.7, 0.5] },
  };
  const walk: Walk = {
    ...{ label: "person", tall: 60, startS: 0 },
    way: [[[320, 150], 0], [[560, 150], 4], [[560, 330], 3], [[320, 330], 4], [[320, 150], 3]],
  };
  const watch = new ZoneWatch([half]);
  const told = [...framesOf([walk], { ...WELL, jitter: 0.03 }, 16, seededRng(1))]
    .flatMap((frame) => watch.see(frame).notes);
  assert.deepEqual(
    told.map((note) => note.event === "cross" && [note.direction, note.counts]),
    [["out", { in: 0, out: 1 }]],
  );
});

Deno.test("what stands on a line for minutes is not counted again and again", () => {
  for (const fps of [2, 25]) {
    const watch = new ZoneWatch([LINE]);
    const walk: Walk = {
      ...{ label: "person", tall: 60, startS: 0 },
      way: [[[320, 150], 0], [[320, LINE_Y], 3], [[321, LINE_Y], 600]],
    };
    const sight = { ...WELL, fps, jitter: 0.05 };
    for (const frame of framesOf([walk], sight, 600, seededRng(fps))) watch.see(frame);
    const { in: into, out } = watch.counts().line!;
    assert.ok(into + out <= 2, `${into} in, ${out} out at ${fps} frames a second`);
  }
});

Deno.test("what is seen first beyond a line did not cross it", () => {
  const watch = new ZoneWatch([LINE]);
  const walk: Walk = {
    ...{ label: "person", tall: 60, startS: 0 },
    way: [[[320, LINE_Y + 12], 0], [[320, 400], 4]],
  };
  for (const frame of framesOf([walk], { ...WELL, jitter: 0.03 }, 5, seededRng(2))) {
    watch.see(frame);
  }
  assert.deepEqual(watch.counts(), { line: { in: 0, out: 0 } });
});

Deno.test("a label that is wrong while the line is crossed counts once it is known better", () => {
  const watch = new ZoneWatch([LINE]);
  const walk: Walk = { label: "dog", tall: 60, startS: 0, way: [[[320, 150], 0], [[320, 330], 4]] };
  const notes = [...framesOf([walk], WELL, 3.9, seededRng(3))].flatMap((frame) => {
    const label = frame.atMs < 2500 ? "dog" : "person";
    const detections = frame.detections.map((one) => ({
      ...one,
      ...{ label, score: label === "dog" ? 0.3 : 0.9 },
    }));
    return watch.see({ ...frame, detections }).notes;
  });
  assert.deepEqual(notes.map(({ label }) => label), ["person"]);
  assert.deepEqual(watch.counts(), { line: { in: 1, out: 0 } });
});
