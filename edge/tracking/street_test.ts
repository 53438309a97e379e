// In a file of its own: it renders.
import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { scoreTracking } from "../../lab/evaluation/tracking.ts";
import { StreetScene } from "../../street/scene.ts";
import { Tracker } from "./tracker.ts";

/** Least MOTA and IDF1 that are wanted. Those of an hour of other streets are in the design record. */
const FLOORS: readonly (readonly [fps: number, mota: number, idf1: number])[] = [
  [25, 0.9, 0.85],
  [3, 0.85, 0.8],
];

for (const [fps, mota, idf1] of FLOORS) {
  Deno.test(`Tracker: it follows a rendered street at ${fps} frames/s`, async () => {
    const scene = await StreetScene.create({ width: 320, height: 180, fps, seed: 103 });
    const tracker = new Tracker();
    const rng = seededRng(fps);
    const pictures = [];
    for (let index = 0; index < (fps > 10 ? 6 : 12) * fps; index++) {
      const { truth } = await scene.render(index);
      const detections = truth.filter(() => rng() < 0.93).map((thing) => {
        const [x1, y1, x2, y2] = thing.box;
        const jitter = () => 0.04 * (x2 - x1) * (2 * rng() - 1);
        const box = [x1 + jitter(), y1 + jitter(), x2 + jitter(), y2 + jitter()] as const;
        return { label: thing.label, class_id: thing.class_id, score: 0.4 + 0.5 * rng(), box };
      });
      const update = tracker.update(detections, 1000 * index / fps);
      pictures.push({
        truth: truth.map(({ thing, box }) => ({ id: thing, box })),
        found: update.detections.flatMap(({ track_id, box }) =>
          track_id === undefined ? [] : { id: track_id, box }
        ),
      });
    }
    const score = scoreTracking(pictures);
    assert.ok(score.mota >= mota, `MOTA ${score.mota}, at least ${mota} is wanted`);
    assert.ok(score.idf1 >= idf1, `IDF1 ${score.idf1}, at least ${idf1} is wanted`);
  });
}
