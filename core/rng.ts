/** Randomness as an argument, so that every choice can be replayed from its seed. */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A number in [0, 1), a new one at every call. */
export type Rng = () => number;

/** A reproducible stream of numbers: xoroshiro128+ (Blackman & Vigna, 2018). */
export function seededRng(seed: number): Rng {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** A whole number in [0, length); 0 when there is nothing to choose from. */
export function pickIndex(rng: Rng, length: number): number {
  return Math.min(Math.floor(rng() * length), Math.max(0, length - 1));
}
