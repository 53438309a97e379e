/** How well detections agree with others of the same picture, or with what is there, in one number. */

import { type Detection, iou } from "./detection.ts";

/** Overlap from which on a detection and an object are taken for the same. */
const IOU_MIN = 0.5;

/**
 * F1 of one picture: 2·TP / (2·TP + FP + FN) at an IoU of 0.5, label by label. The surest detection
 * chooses first; it takes the object of its label that it overlaps most, if no surer one took it.
 * Nothing found where nothing is counts 1.
 */
export function f1(
  found: readonly Detection[],
  truth: readonly Detection[],
): number {
  const all = found.length + truth.length;
  if (all === 0) return 1;
  if (all === found.length || all === truth.length) return 0;
  const taken = new Uint8Array(truth.length);
  let right = 0;
  for (const { label, box } of bySureness(found)) {
    let best = IOU_MIN;
    let match = -1;
    for (let at = 0; at < truth.length; at++) {
      const object = truth[at]!;
      // Most lie apart: that is seen without a division.
      const isApart = object.box[0] >= box[2] || object.box[2] <= box[0];
      if (isApart || object.label !== label || taken[at] === 1) continue;
      const overlap = iou(box, object.box);
      if (overlap < best) continue;
      best = overlap;
      match = at;
    }
    if (match < 0) continue;
    taken[match] = 1;
    right++;
  }
  return 2 * right / all;
}

/** The surest first; detectors mostly give them so. */
function bySureness(found: readonly Detection[]): readonly Detection[] {
  const isSorted = found.every(({ score }, i) => i === 0 || score <= found[i - 1]!.score);
  return isSorted ? found : found.toSorted((a, b) => b.score - a.score);
}
