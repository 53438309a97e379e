/** Outputs that list objects in tensors of their own: boxes, scores, classes, and how many. */

import type { Box } from "../../core/detection.ts";
import type { Candidate, DecodeContext, OutputTensor } from "./decoder.ts";

/** Objects, a tensor for each of their properties. */
export interface ObjectTensors {
  /** How many of them count; all where the model does not say. */
  readonly count?: OutputTensor | undefined;
  /** Four values an object. */
  readonly boxes: OutputTensor;
  /** One value an object. */
  readonly scores: OutputTensor;
  /** One whole number an object. */
  readonly classes: OutputTensor;
}

/** Whether tensors have as many values as they must for one list of objects. */
export function areOneList({ count, boxes, scores, classes }: ObjectTensors): boolean {
  const n = scores.data.length;
  return boxes.data.length === 4 * n && classes.data.length === n &&
    (count === undefined || count.data.length === 1);
}

/**
 * Reads objects.
 *
 * @param boxAt the box in pixels of the input, from the four values of an object.
 * @param firstClass the number by which the model calls the first class.
 */
export function candidatesOfObjects(
  { count, boxes, scores, classes }: ObjectTensors,
  context: DecodeContext,
  boxAt: (values: readonly number[]) => Box,
  firstClass = 0,
): Candidate[] {
  const candidates: Candidate[] = [];
  const n = Math.min(scores.data.length, count?.data[0] ?? Infinity);
  for (let i = 0; i < n; i++) {
    const score = scores.data[i]!;
    const classId = Math.trunc(classes.data[i]! - firstClass);
    if (!(score >= context.scoreThreshold)) continue;
    if (!(classId >= 0 && classId < context.classes)) continue;
    candidates.push({ classId, score, box: boxAt([...boxes.data.subarray(4 * i, 4 * i + 4)]) });
  }
  return candidates;
}
