/** COCO's average precision: how well detections agree with what is there. */

import { IOU_THRESHOLDS, judge, type ScoredBox, type TrueBox, VERDICT } from "./judge.ts";

/** One class in one picture. */
export interface ClassInPicture {
  /** What a model found. */
  readonly detections: readonly ScoredBox[];
  /** What is there. */
  readonly truth: readonly TrueBox[];
}

/** How well one class is found. */
export interface ClassPrecision {
  /** Objects that are there. */
  readonly objects: number;
  /** Average precision at each of COCO's thresholds, 0 to 1; empty without objects. */
  readonly byThreshold: readonly number[];
}

/** How well all classes are found, each counting the same. */
export interface MeanPrecision {
  /** mAP50: at an overlap of at least 0.50; 0 to 1, absent when there is no object at all. */
  readonly map50: number | undefined;
  /** mAP50-95: the mean over the overlaps 0.50, 0.55 … 0.95. */
  readonly map: number | undefined;
}

/** COCO's 101 levels of recall, with the rounding that numpy gives them. */
const RECALLS = Array.from({ length: 101 }, (_, i) => i === 100 ? 1 : i * 0.01);

/**
 * The average precision of one class over pictures, as pycocotools' cocoeval.py computes it
 * (`accumulate`; all areas, at most 100 detections a picture). With the detections of all pictures
 * sorted by score,
 *
 *     precision(k) = right(k) / (right(k) + wrong(k))    recall(k) = right(k) / objects
 *     AP = 1/101 · Σ over r in 0, 0.01 … 1 of max { precision(k) : recall(k) ≥ r }
 *
 * where right(k) and wrong(k) count among the first k, without the ignored ones, and the maximum of
 * nothing is 0. Detections of the same score keep the order in which they are given.
 */
export function classPrecision(pictures: Iterable<ClassInPicture>): ClassPrecision {
  const judged = Array.from(pictures, ({ detections, truth }) => judge(detections, truth));
  const objects = judged.reduce((sum, one) => sum + one.objects, 0);
  if (objects === 0) return { objects, byThreshold: [] };
  const order = judged
    .flatMap(({ scores }, picture) => scores.map((score, index) => ({ score, picture, index })))
    .sort((a, b) => b.score - a.score);
  return {
    objects,
    byThreshold: IOU_THRESHOLDS.map((_, threshold) => {
      const verdicts = order.map((at) => judged[at.picture]!.verdicts[threshold]![at.index]!);
      return areaUnderCurve(verdicts, objects);
    }),
  };
}

/** The mean over the classes that have objects. */
export function meanPrecision(classes: readonly ClassPrecision[]): MeanPrecision {
  const present = classes.filter(({ objects }) => objects > 0);
  return {
    map50: mean(present.map(({ byThreshold }) => byThreshold[0]!)),
    map: mean(present.map(({ byThreshold }) => mean(byThreshold)!)),
  };
}

/** The mean of numbers, or `undefined` of none. */
export function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param verdicts of all detections, the surest first. */
function areaUnderCurve(verdicts: readonly number[], objects: number): number {
  const recalls: number[] = [];
  const precisions: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const verdict of verdicts) {
    if (verdict === VERDICT.right) right++;
    if (verdict === VERDICT.wrong) wrong++;
    recalls.push(right / objects);
    precisions.push(right / (right + wrong + Number.EPSILON));
  }
  for (let k = precisions.length - 1; k > 0; k--) {
    if (precisions[k]! > precisions[k - 1]!) precisions[k - 1] = precisions[k]!;
  }
  let sum = 0;
  let k = 0;
  for (const recall of RECALLS) {
    while (k < recalls.length && recalls[k]! < recall) k++;
    if (k === recalls.length) break;
    sum += precisions[k]!;
  }
  return sum / RECALLS.length;
}
