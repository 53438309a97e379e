/** Detectors whose outputs are objects already: boxes, labels and scores, a tensor each. */

import type { Box } from "../../core/detection.ts";
import { type Candidate, type DecodeContext, notOfFamily, type OutputTensor } from "./decoder.ts";

/** Three tensors of as many objects. */
export interface LabelledBoxes {
  /** `[N, 4]`, with or without a first dimension of 1. */
  readonly boxes: OutputTensor;
  /** `[N]`, with or without a first dimension of 1. */
  readonly labels: OutputTensor;
  /** `[N]`, with or without a first dimension of 1. */
  readonly scores: OutputTensor;
}

/** The outputs named `boxes`, `labels` and `scores`. @throws {SmarteyeError} when one is missing. */
export function labelledBoxes(outputs: readonly OutputTensor[], family: string): LabelledBoxes {
  const named = (name: string) => outputs.find((output) => output.name === name);
  const [boxes, labels, scores] = [named("boxes"), named("labels"), named("scores")];
  const n = scores?.data.length;
  if (boxes && labels && scores && boxes.data.length === 4 * n! && labels.data.length === n) {
    return { boxes, labels, scores };
  }
  throw notOfFamily(outputs, family, "boxes [N, 4], labels [N] and scores [N]");
}

/** Reads them: corners in pixels of the input; `more` adds what else is known of object `i`, which is there. */
export function candidatesOf(
  { boxes, labels, scores }: LabelledBoxes,
  { classes, scoreThreshold }: DecodeContext,
  more: (i: number, box: Box) => Partial<Candidate> = () => ({}),
): Candidate[] {
  const candidates: Candidate[] = [];
  for (let i = 0; i < scores.data.length; i++) {
    const score = scores.data[i]!;
    const classId = labels.data[i]!;
    if (!(score >= scoreThreshold) || !(classId >= 0 && classId < classes)) continue;
    const box = Array.from(boxes.data.subarray(4 * i, 4 * i + 4)) as unknown as Box;
    candidates.push({ classId: Math.trunc(classId), score, box, ...more(i, box) });
  }
  return candidates;
}
