/**
 * How unlike a track and a detection are: what it costs to say that they are one thing.
 *
 * The cost is the negative logarithm of how likely the detection would be, were it the track's: of its
 * place, per square of the thing's size, of its width and height, and of its label. A track whose
 * place is vague thereby has a wide gate, and yet gives way to one that foretold the detection well.
 * Where boxes overlap is worth something beside: what covers a part of a thing moves its middle, and
 * leaves the overlap.
 */

import { type Box, type Detection, iou } from "../../core/detection.ts";
import { displacement } from "./displacement.ts";

/** What a track foretells of its next detection. */
export interface Expected {
  /** Where. */
  readonly box: Box;
  /** Variances of where the middle will be measured. */
  readonly spread: { readonly x: number; readonly y: number };
  /** Logarithm of the deviations' product, in squares of its size: the more, the vaguer. */
  readonly vague: number;
  /** As what. */
  readonly label: string;
}

/** Cost from which two are not one thing, where there may be better ones. */
export const LIKELY = 3.5;

/** The same of what is left when those have been found. Nothing beyond it counts. */
export const POSSIBLE = 6;

/** What another label costs: labels flicker, so it is not forbidden. */
const OTHER_LABEL = 3.5;

/** What it costs not to overlap at all. */
const NO_OVERLAP = 2.5;

/** Deviation of the logarithm of a width or height from what it was: legs swing, things come out. */
const LENGTHS = 0.8;

/** Greatest ratio of two widths or heights of the same thing. */
const RATIO_MAX = 6;

/** How fast something may come that nobody has seen move yet, sizes a second. */
const RACING = 10;

/** For how long after it was seen first that is thought of, seconds. */
const RACING_FOR = 1;

/** Greatest ratio of its lengths then: it has to be as like as it was far. */
const RACING_RATIO_MAX = 1.35;

/** What it costs to say that something came from where something was seen for the first time, and raced. */
export function racingCostOf(first: Detection, detection: Detection, seconds: number): number {
  if (seconds > RACING_FOR || first.label !== detection.label) return Infinity;
  const [a, b] = [first.box, detection.box];
  const [widthA, heightA, widthB, heightB] = [a[2] - a[0], a[3] - a[1], b[2] - b[0], b[3] - b[1]];
  const ratios = [widthA / widthB, heightA / heightB].map((ratio) => Math.max(ratio, 1 / ratio));
  if (Math.max(...ratios) > RACING_RATIO_MAX) return Infinity;
  const moved = displacement(a, b);
  const way = Math.hypot(moved.x, moved.y) / Math.sqrt(widthA * heightA);
  return way <= RACING * seconds ? way / (RACING * seconds) : Infinity;
}

/**
 * What it costs to say that a detection is the track's.
 *
 * @returns the less, the likelier; `Infinity` for what cannot be the same thing
 */
export function costOf({ box: a, spread, vague, label }: Expected, detection: Detection): number {
  const b = detection.box;
  // Most pairs are too far apart: what is between the boxes is gone at least.
  const gapX = Math.max(0, b[0] - a[2], a[0] - b[2]);
  const gapY = Math.max(0, b[1] - a[3], a[1] - b[3]);
  if (vague + (gapX ** 2 / spread.x + gapY ** 2 / spread.y) / 2 >= POSSIBLE) return Infinity;
  const wider = Math.log((b[2] - b[0]) / (a[2] - a[0]));
  const higher = Math.log((b[3] - b[1]) / (a[3] - a[1]));
  if (Math.max(Math.abs(wider), Math.abs(higher)) > Math.log(RATIO_MAX)) return Infinity;
  const moved = displacement(a, b);
  const place = (moved.x ** 2 / spread.x + moved.y ** 2 / spread.y) / 2;
  const lengths = (wider ** 2 + higher ** 2) / (2 * LENGTHS ** 2);
  return place + vague + lengths + NO_OVERLAP * (1 - iou(a, b)) +
    (detection.label === label ? 0 : OTHER_LABEL);
}
