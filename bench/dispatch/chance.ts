/** Times that chance gives. */

import type { Rng } from "../../core/rng.ts";

/** Exponentially distributed: from one event to the next, where they come by chance. */
export function exponential(mean: number, rng: Rng): number {
  return -mean * Math.log1p(-rng());
}

/** Log-normally distributed; `spread` is the standard deviation over the mean. */
export function logNormal(mean: number, spread: number, rng: Rng): number {
  const sigma = Math.sqrt(Math.log1p(spread ** 2));
  return mean * Math.exp(sigma * normal(rng) - sigma ** 2 / 2);
}

/** Box & Muller, 1958. */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log1p(-rng())) * Math.cos(2 * Math.PI * rng());
}
