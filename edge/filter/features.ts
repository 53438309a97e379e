/** What a cheap look at a frame tells, after Reducto (Li et al., SIGCOMM 2020): pixel, edge, area. */

import type { Size } from "../../core/frame.ts";

/** Pixels at which frames are looked at for policies and profiles: what moves is seen, noise averages out. */
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
  const { width } = LOOKED_AT;
  let edges = 0;
  for (let at = 0; at < grey.length; at++) {
    if (at % width > 0) edges += Math.abs(grey[at]! - grey[at - 1]!);
    if (at >= width) edges += Math.abs(grey[at]! - grey[at - width]!);
  }
  return {
    difference: pixelChange(grey, before),
    edges: edges / (255 * 2 * grey.length),
    area: areaChange(grey, before),
  };
}

/** Mean difference in brightness of two pictures of one size, 0 to 1. */
export function pixelChange(now: Uint8Array, before: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < now.length; at++) sum += Math.abs(now[at]! - before[at]!);
  return sum / (255 * now.length);
}

/** Share of pixels that differ by more than noise, 0 to 1. */
export function areaChange(now: Uint8Array, before: Uint8Array): number {
  let changed = 0;
  for (let at = 0; at < now.length; at++) {
    if (Math.abs(now[at]! - before[at]!) > NOISE) changed++;
  }
  return changed / now.length;
}

/** Mean difference in how strong the edges are, 0 to 1. */
export function edgeChange(now: Uint8Array, before: Uint8Array, { width }: Size): number {
  let sum = 0;
  for (let at = width + 1; at < now.length; at++) {
    const [left, above] = [at - 1, at - width];
    const edge = Math.abs(now[at]! - now[left]!) + Math.abs(now[at]! - now[above]!);
    const was = Math.abs(before[at]! - before[left]!) + Math.abs(before[at]! - before[above]!);
    sum += Math.abs(edge - was);
  }
  return sum / (255 * 2 * now.length);
}
