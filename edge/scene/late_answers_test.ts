/** Boxes are where things are when the frame was taken that they are stored for, however late answers come. */

import assert from "node:assert/strict";
import { type Box, type Detection, iou } from "../../core/detection.ts";
import { StreetScene } from "../../street/scene.ts";
import { ANSWER, CLOUD, FakeRun, INFERRED, LOCAL, type RunScript } from "../../tests/fakes/run.ts";

const SIZE = { width: 320, height: 180 };
const FRAMES = 150;

/** What is to be seen on the street, frame by frame. */
async function truthOf(seed: number): Promise<readonly (readonly Detection[])[]> {
  const scene = await StreetScene.create({ ...SIZE, fps: 25, seed });
  const frames: Detection[][] = [];
  for (let i = 0; i < FRAMES; i++) {
    const { truth } = await scene.render(i);
    frames.push(truth.map(({ label, class_id, box }) => ({ label, class_id, box, score: 0.9 })));
  }
  return frames;
}

/** The mean of how well stored boxes lie on what is there in their frame; how many were inferred, how old. */
async function fitOf(truth: readonly (readonly Detection[])[], script: RunScript) {
  const run = new FakeRun({
    source: { frames: FRAMES, live: true, everyMs: 40, size: SIZE },
    slots: 2,
    ...script,
  });
  await run.end();
  const boxes: number[] = [];
  for (const { frame, detections = [] } of run.records) {
    const there = truth[frame - 1]!.map(({ box }) => box);
    for (const { box } of detections) boxes.push(fit(box, there));
  }
  return {
    mean: boxes.reduce((sum, one) => sum + one, 0) / boxes.length,
    inferred: run.records.filter(({ inferred }) => inferred !== false).length,
    oldestMs: Math.max(...run.records.map(({ age_ms = 0 }) => age_ms)),
  };
}

function fit(box: Box, there: readonly Box[]): number {
  return Math.max(0, ...there.map((other) => iou(box, other)));
}

/** A cloud 300 ms away, to which is sent what there is room for; other frames do with the last result. */
function farAway(truth: readonly (readonly Detection[])[], offloadsMax: number): RunScript {
  return {
    offloadsMax,
    policy: ({ cloud: { pending } }) =>
      pending < offloadsMax ? CLOUD : { place: "filter", reason: "enough are on their way" },
    offload: (clock) => async ({ frame }) => {
      await clock.sleep(300);
      return { ...ANSWER, ...SIZE, findings: { detections: truth[frame - 1]! } };
    },
  };
}

/** What is seen at once. */
function here(truth: readonly (readonly Detection[])[]): RunScript {
  return {
    policy: () => LOCAL,
    infer: (clock) => {
      let frame = 0;
      return async () => {
        const detections = truth[frame++]!;
        await clock.sleep(10);
        return { ...INFERRED, findings: { detections } };
      };
    },
  };
}

Deno.test("with the cloud 300 ms away, stored boxes lie on what is in their frame nearly as if inferred here", async () => {
  for (const seed of [3, 4]) {
    const truth = await truthOf(seed);
    const local = await fitOf(truth, here(truth));
    assert.deepEqual([local.inferred, local.oldestMs], [FRAMES, 0]);
    assert.ok(local.mean > 0.999);
    // As many at once as is the default: every other frame is sent.
    const cloud = await fitOf(truth, farAway(truth, 4));
    assert.ok(cloud.inferred < 0.55 * FRAMES && cloud.oldestMs >= 160);
    assert.ok(cloud.mean >= 0.9 * local.mean, `seed ${seed}: ${cloud.mean} of ${local.mean}`);
    // One after the other: one of eight. Boxes of who walks change too much in that time for more.
    const rare = await fitOf(truth, farAway(truth, 1));
    assert.ok(rare.inferred < FRAMES / 7 && rare.oldestMs === 280);
    assert.ok(rare.mean >= 0.75 * local.mean, `seed ${seed}: ${rare.mean} of ${local.mean}`);
  }
});
