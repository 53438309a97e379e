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

/** What a track foretells of its next detection. */
export interface Expected {
  /** Where. */
  readonly box: Box;
  /** Root of the area of the box. */
  readonly size: number;
  /** Variances of where the middle will be measured. */
  readonly spread: { readonly x: number; readonly y: number };
  /** As what. */
  readonly label: string;
}

/** What another label costs: labels flicker, so it is not forbidden. */
const OTHER_LABEL = 3.5;

/** What it costs not to overlap at all. */
const NO_OVERLAP = 2.5;

/** Deviation of the logarithm of a width or height from what it was: legs swing, things come out. */
const LENGTHS = 0.65;

/** Greatest ratio of two widths or heights of the same thing. */
const RATIO_MAX = 4;

/** @returns the less, the likelier; `Infinity` for what cannot be the same thing */
export function costOf({ box: a, size, spread, label }: Expected, detection: Detection): number {
  const b = detection.box;
  const wider = Math.log((b[2] - b[0]) / (a[2] - a[0]));
  const higher = Math.log((b[3] - b[1]) / (a[3] - a[1]));
  if (Math.max(Math.abs(wider), Math.abs(higher)) > Math.log(RATIO_MAX)) return Infinity;
  const dx = (b[0] + b[2] - a[0] - a[2]) / 2;
  const dy = (b[1] + b[3] - a[1] - a[3]) / 2;
  const place = (dx ** 2 / spread.x + dy ** 2 / spread.y) / 2;
  const vague = Math.log(spread.x * spread.y / size ** 4) / 2;
  const lengths = (wider ** 2 + higher ** 2) / (2 * LENGTHS ** 2);
  return place + vague + lengths + NO_OVERLAP * (1 - iou(a, b)) +
    (detection.label === label ? 0 : OTHER_LABEL);
}
