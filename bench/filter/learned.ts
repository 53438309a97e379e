/** Filters that were learned on the first half of a video, on its second half, beside the best there is. */

import { join } from "node:path";
import { systemClock } from "../../core/clock.ts";
import type { Frame } from "../../core/frame.ts";
import type { Result } from "../../edge/filter/frame_filter.ts";
import { LearnedTolerance } from "../../edge/filter/learned_tolerance.ts";
import { MotionGate } from "../../edge/filter/motion_gate.ts";
import { InferenceEngine } from "../../inference/engine.ts";
import { CPU } from "../../inference/provider.ts";
import { chosenOf, Lesson, mostKeptBack } from "../../lab/filter/lesson.ts";
import { Rehearsal, type Score } from "../../lab/filter/rehearsal.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { framesOf, GATE } from "./frames.ts";

/** Of fixed cameras; constants were chosen on the first three. */
const VIDEOS = [
  ...["vehicles.mp4", "cctv.mp4", "car-detection.mp4", "pedestrians.mp4", "people.mp4"],
  ...["traffic-a.avi", "traffic-b.avi", "motorway.mp4", "junction.mp4"],
];

/** Of several views, one after the other: what is learned in one says nothing of the next. */
const CUT = ["street.mp4"];
const MODELS = ["smarteye_street", "yolox_nano"];
const TARGET = 0.9;
const SKIPPED_MIN = 0.51;

/** Learns and plays each, and tells what comes of it. */
export async function learned(): Promise<void> {
  const data = Deno.env.get("SMARTEYE_TEST_DATA");
  if (!data) return console.log("skipped: SMARTEYE_TEST_DATA names no data");
  const catalogue = await Catalogue.open(join(data, "models"));
  const engine = InferenceEngine.open({
    ...{ catalogue, workers: 1, session: { threads: 1, provider: CPU }, queueLengthMax: 1 },
    clock: systemClock,
  });
  for (const model of MODELS) {
    await engine.repository.load(model);
    console.log(`${model}: skipped/accuracy(accuracy where there is something)`);
    for (const video of [...VIDEOS, ...CUT]) {
      if (CUT.includes(video)) console.log("no fixed camera:");
      await learnAndPlay(join(data, "videos", video), async ({ picture }) => {
        const { findings } = await engine.repository.infer(picture, { model });
        return { model, findings };
      });
    }
  }
  await engine.close();
}

async function learnAndPlay(
  path: string,
  infer: (frame: Frame) => Promise<Result>,
): Promise<void> {
  let frames = 0;
  for await (const _ of framesOf(path)) frames++;
  const [first, second] = [new Lesson(TARGET, GATE), new Lesson(TARGET, GATE)];
  let played: Rehearsal | undefined;
  let [nothing, later] = [0, 0];
  for await (const frame of framesOf(path)) {
    const result = await infer(frame);
    if (frame.index <= frames / 2) {
      await first.show(frame, result);
      continue;
    }
    if (later++ === 0) {
      const chosen = chosenOf(first.tried(), TARGET);
      const tolerance = chosen && new LearnedTolerance({ ...chosen, target: TARGET });
      played = tolerance && new Rehearsal(new MotionGate(GATE, tolerance));
    }
    if ("detections" in result.findings && result.findings.detections.length === 0) nothing++;
    await second.show(frame, result);
    await played?.show(frame, result);
  }
  const chosen = chosenOf(first.tried(), TARGET);
  const oracle = mostKeptBack(second.tried().filter(({ accuracy }) => accuracy >= TARGET));
  const score = played?.score();
  const can = oracle !== undefined && skipped(oracle) >= SKIPPED_MIN;
  const does = score && skipped(score) >= SKIPPED_MIN && score.accuracy >= TARGET;
  const verdict = nothing === later
    ? "nothing is found: nothing to judge"
    : does
    ? "as wanted"
    : can
    ? "NOT AS WANTED"
    : "nobody can";
  console.log(
    `${path.split("/").at(-1)!.padEnd(18)} learned ${shown(chosen)} ${chosen?.feature ?? ""} ` +
      `${chosen?.threshold ?? ""} → second half ${shown(score)}, oracle ${shown(oracle)} ` +
      `${oracle?.feature ?? ""} ${oracle?.threshold ?? ""}; ${later} frames, ${nothing} with ` +
      `nothing: ${verdict}`,
  );
}

function skipped({ frames, inferred }: Score): number {
  return 1 - inferred / frames;
}

function shown(score: Score | undefined): string {
  if (!score) return "none";
  const { accuracy, judgedAccuracy } = score;
  return `${(100 * skipped(score)).toFixed(0)} %/${accuracy.toFixed(3)}(${
    judgedAccuracy.toFixed(3)
  })`;
}
