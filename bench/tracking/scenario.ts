/** What is in the frames of a rendered street, and what a detector says of them. */

import type { Detection } from "../../core/detection.ts";
import { PixelPicture } from "../../core/image.ts";
import type { ModelRepository } from "../../inference/repository.ts";
import { StreetScene, type TruthBox } from "../../street/scene.ts";
import { FaultyDetector } from "./faulty_detector.ts";

/** Pixels of the frames. */
const SIZE = { width: 640, height: 360 };

/** A frame as a tracker meets it. */
export interface ScenarioFrame {
  /** Milliseconds since the first. */
  readonly atMs: number;
  /** What is there. */
  readonly truth: readonly TruthBox[];
  /** What was detected. */
  readonly detections: readonly Detection[];
}

/** A video to follow things in. */
export interface Scenario {
  /** Seed of the street. */
  readonly seed: number;
  /** Frames a second. */
  readonly fps: number;
  /** In order of time. */
  readonly frames: readonly ScenarioFrame[];
}

/** The same street twice: by a model of a detector's faults, and as a real model sees it. */
export interface Scenarios {
  /** Detections are truth with faults. */
  readonly drawn: Scenario;
  /** Detections are a model's; absent when none was asked. */
  readonly seen: Scenario | undefined;
}

/** Renders a street and has it looked at. @param model asks this one too, of `repository` */
export async function makeScenarios(
  { seed, fps, seconds }: { seed: number; fps: number; seconds: number },
  { repository, model }: { repository: ModelRepository; model: string | undefined },
): Promise<Scenarios> {
  const scene = await StreetScene.create({ ...SIZE, fps, seed });
  const detector = new FaultyDetector(SIZE, seed);
  const drawn: ScenarioFrame[] = [];
  const seen: ScenarioFrame[] = [];
  for (let index = 0; index < seconds * fps; index++) {
    const { pixels, truth } = await scene.render(index);
    const atMs = 1000 * index / fps;
    drawn.push({ atMs, truth, detections: detector.look(truth, atMs) });
    if (model === undefined) continue;
    const { findings } = await repository.infer(new PixelPicture(pixels), { model });
    if (!("detections" in findings)) throw new Error(`"${model}" detects nothing`);
    seen.push({ atMs, truth, detections: findings.detections });
  }
  const of = (frames: readonly ScenarioFrame[]) => ({ seed, fps, frames });
  return { drawn: of(drawn), seen: model === undefined ? undefined : of(seen) };
}
