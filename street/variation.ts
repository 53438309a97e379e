/**
 * Where a scene's variety comes from: numbers and colours that depend on nothing but a seed and a
 * few keys, so that any frame can be drawn without drawing the ones before it.
 */

import { pickIndex, type Rng, seededRng } from "../core/rng.ts";

/** A stream of numbers of its own for every list of keys (murmur3's finaliser over each key). */
export function rngFor(...keys: readonly number[]): Rng {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    hash = Math.imul(hash ^ (key | 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return seededRng(hash);
}

/** One of `choices`, which must not be empty. */
export function choose<T>(rng: Rng, choices: readonly T[]): T {
  return choices[pickIndex(rng, choices.length)]!;
}

/** A number between `low` and `high`. */
export function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng();
}

/** A colour `#rrggbb`. */
export type Colour = `#${string}`;

/** The colour that lies `share` (0 to 1) of the way from `from` to `to`. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const a = parseInt(from.slice(1), 16);
  const b = parseInt(to.slice(1), 16);
  let mixed = 0;
  for (const shift of [16, 8, 0]) {
    const low = (a >> shift) & 255;
    const high = (b >> shift) & 255;
    mixed |= Math.round(low + (high - low) * share) << shift;
  }
  return `#${mixed.toString(16).padStart(6, "0")}`;
}

/** `colour` with more light on it. */
export function lighter(colour: Colour, share: number): Colour {
  return mix(colour, "#ffffff", share);
}

/** `colour` with less light on it. */
export function darker(colour: Colour, share: number): Colour {
  return mix(colour, "#05070a", share);
}
