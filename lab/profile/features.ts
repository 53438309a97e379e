/** What a cheap look at a frame tells, after Reducto (Li et al., SIGCOMM 2020): pixel, edge, area. */

import type { Size } from "../../core/frame.ts";

/** Pixels at which frames are looked at. */
export const LOOKED_AT: Size = { width: 64, height: 36 };

/** Steps of brightness, of 255, that noise makes: Reducto's threshold for its pixel feature. */
const NOISE = 21;

/** What is cheaply seen of a frame. */
export interface Features {
  /** Mean difference in brightness from the frame before, 0 to 1. */
  readonly difference: number;
  /** Mean step in brightness between neighbours, 0 to 1. */
  readonly edges: number;
  /** Share of pixels that differ by more than noise from the frame before, 0 to 1. */
  readonly area: number;
}

/**
 * Looks at a frame.
 *
 * @param grey brightness at {@link LOOKED_AT}, row by row.
 * @param before the same of the frame before; absent for the first.
 */
export function featuresOf(grey: Uint8Array, before: Uint8Array = grey): Features {
  const { width, height } = LOOKED_AT;
  const pixels = width * height;
  let [difference, changed, edges] = [0, 0, 0];
  for (let at = 0; at < pixels; at++) {
    const step = Math.abs(grey[at]! - before[at]!);
    difference += step;
    if (step > NOISE) changed++;
    if (at % width > 0) edges += Math.abs(grey[at]! - grey[at - 1]!);
    if (at >= width) edges += Math.abs(grey[at]! - grey[at - width]!);
  }
  return {
    difference: difference / (255 * pixels),
    edges: edges / (255 * 2 * pixels),
    area: changed / pixels,
  };
}
