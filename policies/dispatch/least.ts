/** The candidate with the least of something: what most dispatch policies come down to. */

import { pickIndex, type Rng } from "../../core/rng.ts";
import type { DispatchCandidate } from "./policy.ts";

/**
 * Name of the candidate whose `cost` is least; candidates of equal cost are equally likely, so that
 * several forwarders that see the same numbers do not all call the first server of their config.
 *
 * @throws {RangeError} when there is no candidate.
 */
export function leastOf(
  candidates: readonly DispatchCandidate[],
  cost: (candidate: DispatchCandidate) => number,
  rng: Rng,
): string {
  const costs = candidates.map(cost);
  const least = costs.reduce((a, b) => Math.min(a, b), Infinity);
  const best = candidates.filter((_, i) => costs[i] === least);
  const chosen = best[pickIndex(rng, best.length)];
  if (!chosen) throw new RangeError("Cannot pick a server: there is no candidate");
  return chosen.name;
}
