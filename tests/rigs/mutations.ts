/** Damage to a file, drawn by a seed. */

import { pickIndex as below, type Rng, seededRng, seedOf } from "../../core/rng.ts";

/** One kind of damage. */
type Damage = (bytes: Uint8Array<ArrayBuffer>, rng: Rng) => Uint8Array<ArrayBuffer>;

/** Up to so many bytes from somewhere. */
function someRun(bytes: Uint8Array, rng: Rng, most: number): [from: number, to: number] {
  const from = below(rng, bytes.length);
  return [from, Math.min(bytes.length, from + 1 + below(rng, most))];
}

/** The kinds of damage that files come to. */
const DAMAGES: Readonly<Record<string, Damage>> = {
  "flipped bits": (bytes, rng) => {
    const damaged = bytes.slice();
    for (let left = 1 + below(rng, 20); left > 0; left--) {
      const at = below(rng, damaged.length);
      damaged[at] = damaged[at]! ^ (1 << below(rng, 8));
    }
    return damaged;
  },
  "zeroed bytes": (bytes, rng) => {
    const damaged = bytes.slice();
    return damaged.fill(0, ...someRun(bytes, rng, 2000));
  },
  "wild bytes": (bytes, rng) => {
    const damaged = bytes.slice();
    const [from, to] = someRun(bytes, rng, 64);
    for (let at = from; at < to; at++) damaged[at] = below(rng, 256);
    return damaged;
  },
  "a damaged header": (bytes, rng) => {
    const damaged = bytes.slice();
    for (let left = 1 + below(rng, 4); left > 0; left--) {
      damaged[below(rng, Math.min(1500, bytes.length))] = below(rng, 256);
    }
    return damaged;
  },
  "a missing end": (bytes, rng) => bytes.slice(0, 1 + below(rng, bytes.length)),
  "a missing piece": (bytes, rng) => {
    const [from, to] = someRun(bytes, rng, 3000);
    return joined(bytes.slice(0, from), bytes.slice(to));
  },
  "an inserted piece": (bytes, rng) => {
    const [from, to] = someRun(bytes, rng, 3000);
    const at = below(rng, bytes.length);
    return joined(bytes.slice(0, at), bytes.slice(from, to), bytes.slice(at));
  },
  "swapped blocks": (bytes, rng) => {
    const damaged = bytes.slice();
    const length = Math.min(1 + below(rng, 2048), bytes.length >> 1);
    const a = below(rng, bytes.length - length);
    const b = below(rng, bytes.length - length);
    damaged.set(bytes.subarray(b, b + length), a);
    damaged.set(bytes.subarray(a, a + length), b);
    return damaged;
  },
};

/** A file after one kind of damage. */
export interface Damaged {
  /** Which kind, for people. */
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Damages a file; it always comes out different. Seeds beside each other have nothing in common. */
export function damage(bytes: Uint8Array<ArrayBuffer>, seed: number): Damaged {
  const rng = seededRng(seedOf(seed, 1));
  const kinds = Object.entries(DAMAGES);
  while (true) {
    const [what, apply] = kinds[below(rng, kinds.length)]!;
    const damaged = apply(bytes, rng);
    const isSame = damaged.length === bytes.length && damaged.every((byte, i) => byte === bytes[i]);
    if (!isSame) return { what, bytes: damaged };
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}
