/** How far a thing went whose box is now another one. */

import type { Box } from "../../core/detection.ts";

/** Logarithm of the ratio of two lengths from which a part of the thing was covered or uncovered. */
const COVERED = 0.5;

/** Least share of the smaller edge's way in what a thing grows by that grows to both sides, as legs do. */
const BOTH_SIDES = 0.3;

/**
 * From one box to another, in pixels. That is how far the middle went, unless a length is quite
 * another: then something covers a part of the thing, or does no more, and the edge that is seen both
 * times tells how far it went.
 */
export function displacement(from: Box, to: Box): { readonly x: number; readonly y: number } {
  return {
    x: along(from[0], from[2], to[0], to[2]),
    y: along(from[1], from[3], to[1], to[3]),
  };
}

function along(low: number, high: number, toLow: number, toHigh: number): number {
  const [first, last] = [toLow - low, toHigh - high];
  const less = Math.abs(first) < Math.abs(last) ? first : last;
  const ratio = (toHigh - toLow) / (high - low);
  const isCovered = Math.abs(Math.log(ratio)) > COVERED;
  const swings = first * last < 0 && Math.abs(less) > Math.abs(first - last) * BOTH_SIDES;
  return isCovered && !swings ? less : (first + last) / 2;
}
