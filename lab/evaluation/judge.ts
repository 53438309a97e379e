/** Which detections of one class in one picture are right: the first half of COCO's evaluation. */

import { type Box, iou } from "../../core/detection.ts";

/** A detection of the class. */
export interface ScoredBox {
  /** Pixels of the picture. */
  readonly box: Box;
  /** The surer, the higher. */
  readonly score: number;
}

/** An object of the class that is there. */
export interface TrueBox {
  /** Pixels of the picture. */
  readonly box: Box;
  /** A region of which nothing is known: what is found in it is neither right nor wrong. */
  readonly ignored: boolean;
}

/** What a detection turns out to be at one threshold. */
export const VERDICT = { wrong: 0, right: 1, ignored: 2 } as const;

/** The detections of one class in one picture, judged. */
export interface Judged {
  /** Scores of the detections that count, falling. */
  readonly scores: readonly number[];
  /** A list of verdicts for each threshold, each as long as `scores`. */
  readonly verdicts: readonly Uint8Array[];
  /** Objects that should have been found. */
  readonly objects: number;
}

/** Detections of a class in a picture that count: the surest (COCO's `maxDets`). */
const DETECTIONS_MAX = 100;

/** COCO's thresholds of overlap: 0.50, 0.55 … 0.95, with the rounding that numpy gives them. */
export const IOU_THRESHOLDS: readonly number[] = Array.from(
  { length: 10 },
  (_, i) => i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);

/**
 * Matches detections with objects as `evaluateImg` of pycocotools' cocoeval.py does, at each of
 * {@link IOU_THRESHOLDS}. The surest detection chooses first; it takes the object that it overlaps
 * most, if by the threshold at least and if no surer one took it. A region that is to be ignored is
 * taken only where no object can be, by any number of detections; overlap with it is the share of
 * the *detection* that lies in it.
 */
export function judge(detections: readonly ScoredBox[], truth: readonly TrueBox[]): Judged {
  // Both sorts are stable, as the original's merge sorts are.
  const objects = truth.toSorted((a, b) => Number(a.ignored) - Number(b.ignored));
  const sorted = detections.toSorted((a, b) => b.score - a.score).slice(0, DETECTIONS_MAX);
  const overlaps = sorted.map(({ box }) => objects.map((object) => overlap(box, object)));
  return {
    scores: sorted.map(({ score }) => score),
    verdicts: IOU_THRESHOLDS.map((threshold) => verdictsAt(threshold, overlaps, objects)),
    objects: objects.filter(({ ignored }) => !ignored).length,
  };
}

function verdictsAt(
  threshold: number,
  overlaps: readonly (readonly number[])[],
  objects: readonly TrueBox[],
): Uint8Array {
  const taken = new Set<number>();
  return Uint8Array.from(overlaps, (row) => {
    let best = Math.min(threshold, 1 - 1e-10);
    let match: number | undefined;
    for (const [index, { ignored }] of objects.entries()) {
      if (ignored && match !== undefined && !objects[match]!.ignored) break;
      if (!ignored && taken.has(index) || row[index]! < best) continue;
      best = row[index]!;
      match = index;
    }
    if (match === undefined) return VERDICT.wrong;
    taken.add(match);
    return objects[match]!.ignored ? VERDICT.ignored : VERDICT.right;
  });
}

function overlap(box: Box, { box: object, ignored }: TrueBox): number {
  if (!ignored) return iou(box, object);
  const width = Math.min(box[2], object[2]) - Math.max(box[0], object[0]);
  const height = Math.min(box[3], object[3]) - Math.max(box[1], object[1]);
  if (width <= 0 || height <= 0) return 0;
  return width * height / ((box[2] - box[0]) * (box[3] - box[1]));
}
