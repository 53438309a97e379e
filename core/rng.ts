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

/**
 * The seed of the numbers that belong to the `index`-th of a row of things: one seed for all gives each
 * its own stream (the finalizer of MurmurHash3, Appleby, 2011).
 */
export function seedOf(seed: number, index: number): number {
  let mixed = (seed ^ Math.imul(index, 0x9e3779b1)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}

/** A seed of up to 32 bits that chance gives. */
export function anySeed(rng: Rng): number {
  return Math.floor(rng() * 2 ** 32);
}

/** A whole number in [0, length); 0 when there is nothing to choose from. */
export function pickIndex(rng: Rng, length: number): number {
  return Math.min(Math.floor(rng() * length), Math.max(0, length - 1));
}
