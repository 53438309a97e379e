/** What is in the frames of a rendered street, and what a detector says of them. */

import type { Detection } from "../../core/detection.ts";
import { PixelPicture } from "../../core/image.ts";
import type { ModelRepository } from "../../inference/repository.ts";
import { StreetScene, type TruthBox } from "../../street/scene.ts";
import { FaultyDetector } from "./faulty_detector.ts";
import { squareTruth } from "./square.ts";

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

/** A street twice: by a model of a detector's faults, and as a real model sees it; and a square. */
export interface Scenarios {
  /** The street; detections are truth with faults. */
  readonly drawn: Scenario;
  /** Things that nobody rules; detections are truth with faults. */
  readonly square: Scenario;
  /** The street; detections are a model's; absent when none was asked. */
  readonly seen: Scenario | undefined;
}

/**
 * Renders a street, thinks of a square, and has them looked at.
 *
 * @param model asks this one too, of `repository`
 */
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
  const other = new FaultyDetector(SIZE, seed);
  const square = squareTruth({ seed, fps, seconds }, SIZE).map((truth, index): ScenarioFrame => {
    const atMs = 1000 * index / fps;
    return { atMs, truth, detections: other.look(truth, atMs) };
  });
  const of = (frames: readonly ScenarioFrame[]) => ({ seed, fps, frames });
  return {
    drawn: of(drawn),
    square: of(square),
    seen: model === undefined ? undefined : of(seen),
  };
}
