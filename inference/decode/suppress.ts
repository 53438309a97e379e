/** Non-maximum suppression: of boxes that are the same object, the surest stays. */

import { iou } from "../../core/detection.ts";
import type { Candidate } from "./decoder.ts";

/** Candidates looked at, the surest first: keeps a wild output from taking seconds. */
const CANDIDATES_MAX = 1000;

/** Objects kept of one picture, as in COCO's evaluation with room to spare. */
const KEPT_MAX = 300;

/**
 * Greedy suppression within each class (Felzenszwalb et al., 2010): a candidate that overlaps a
 * surer one of its class by more than `iouThreshold` is left out. Sorted by score, the surest first.
 */
export function suppress(candidates: readonly Candidate[], iouThreshold: number): Candidate[] {
  const sorted = candidates
    .filter(({ score, box }) => Number.isFinite(score) && box.every(Number.isFinite))
    .sort((a, b) => b.score - a.score)
    .slice(0, CANDIDATES_MAX);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    if (kept.length >= KEPT_MAX) break;
    const covered = kept.some((other) =>
      other.classId === candidate.classId && iou(other.box, candidate.box) > iouThreshold
    );
    if (!covered) kept.push(candidate);
  }
  return kept;
}
