/** How to explore: the less a choice is expected to be worth, the more rarely it is tried. */

import type { Rng } from "../../core/rng.ts";

/**
 * The probability of each choice, by inverse gap weighting (Foster and Rakhlin, Beyond UCB: Optimal and
 * Efficient Contextual Bandits with Regression Oracles, ICML 2020, algorithm 1): 1 / (K + γ gap) of K, the
 * best one has the rest. What all others have together is bounded.
 *
 * @param worths that are expected, one at least.
 * @param gamma how sharply a gap counts, 0 or more.
 * @param shareMax probability of all but the best together, at most, 0 to 1.
 */
export function inverseGapWeights(
  worths: readonly number[],
  gamma: number,
  shareMax: number,
): readonly number[] {
  const best = worths.indexOf(Math.max(...worths));
  const others = worths.map((worth, at) =>
    at === best ? 0 : 1 / (worths.length + gamma * (worths[best]! - worth))
  );
  const share = others.reduce((sum, one) => sum + one, 0);
  const scale = share > shareMax ? shareMax / share : 1;
  const scaled = others.map((one) => one * scale);
  const rest = 1 - scaled.reduce((sum, one) => sum + one, 0);
  return scaled.with(best, rest);
}

/** Which choice it is, drawn by their probabilities; never one that has none. */
export function drawn(probabilities: readonly number[], rng: Rng): number {
  let left = rng();
  let last = 0;
  for (const [at, probability] of probabilities.entries()) {
    if (probability === 0) continue;
    last = at;
    if (left < probability) return at;
    left -= probability;
  }
  return last; // what rounding has left over
}
