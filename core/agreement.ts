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
  if (found.length + truth.length === 0) return 1;
  const taken = new Set<number>();
  for (const { label, box } of found.toSorted((a, b) => b.score - a.score)) {
    let best = IOU_MIN;
    let match = -1;
    for (const [at, object] of truth.entries()) {
      if (object.label !== label || taken.has(at)) continue;
      const overlap = iou(box, object.box);
      if (overlap < best) continue;
      best = overlap;
      match = at;
    }
    if (match >= 0) taken.add(match);
  }
  return 2 * taken.size / (found.length + truth.length);
}
