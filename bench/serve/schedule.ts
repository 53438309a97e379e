/** When the requests of an open loop are sent, whether or not earlier ones were answered. */

import type { Rng } from "../../core/rng.ts";

/** How requests arrive: evenly, or by chance, each without regard to the others. */
export type Arrivals = "constant" | "poisson";

/**
 * The instants at which requests are due, in milliseconds from the begin, in order.
 *
 * @param perSec requests a second, on average.
 * @param durationMs no request is due after it.
 * @param rng gives the gaps of `poisson` arrivals, which are exponentially distributed.
 */
export function* arrivals(
  kind: Arrivals,
  perSec: number,
  durationMs: number,
  rng: Rng,
): Generator<number> {
  const gapMs = 1000 / perSec;
  if (kind === "constant") {
    // Not by adding up gaps: their rounding errors would add up too.
    for (let i = 0; i * gapMs < durationMs; i++) yield i * gapMs;
    return;
  }
  for (let dueMs = gapOf(rng, gapMs); dueMs < durationMs; dueMs += gapOf(rng, gapMs)) yield dueMs;
}

/** By inversion; `rng` may give 0 and never 1. */
function gapOf(rng: Rng, meanMs: number): number {
  return -Math.log1p(-rng()) * meanMs;
}
