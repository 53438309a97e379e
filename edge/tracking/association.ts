/** How unlike a track and a detection are: what it costs to say that they are one thing. */

import { type Detection, iou } from "../../core/detection.ts";
import type { Track } from "./track.ts";

/** Deviations from where a track should be, beyond which nothing is taken for it. */
export interface Gate {
  /** Of the middle, in standard deviations. */
  readonly deviations: number;
  /** A box that overlaps what was predicted by this passes in any case. */
  readonly overlap: number;
}

/** What another label costs: labels flicker, so it is not forbidden. */
const OTHER_LABEL = 0.25;

/** What twice or half the size costs. */
const OTHER_SIZE = 0.3;

/** Greatest ratio of two lengths of the same thing. */
const RATIO_MAX = 2.5;

/** @returns 0 for what is just as predicted, `Infinity` for what cannot be the same thing. */
export function costOf(track: Track, detection: Detection, gate: Gate): number {
  const [a, b] = [track.box, detection.box];
  const overlap = iou(a, b);
  const { x: xVariance, y: yVariance } = track.spread;
  const dx = (b[0] + b[2] - a[0] - a[2]) / 2;
  const dy = (b[1] + b[3] - a[1] - a[3]) / 2;
  const distance = Math.sqrt(dx ** 2 / xVariance + dy ** 2 / yVariance) / gate.deviations;
  if (distance > 1 && overlap < gate.overlap) return Infinity;
  const wider = Math.abs(Math.log((b[2] - b[0]) / (a[2] - a[0])));
  const higher = Math.abs(Math.log((b[3] - b[1]) / (a[3] - a[1])));
  if (Math.max(wider, higher) > Math.log(RATIO_MAX)) return Infinity;
  const label = detection.label === track.label ? 0 : OTHER_LABEL;
  const size = OTHER_SIZE * (wider + higher) / (2 * Math.LN2);
  return (1 - overlap) / 2 + Math.min(1, distance) / 2 + label + size;
}
