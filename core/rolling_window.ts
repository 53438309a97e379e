/** The last few measurements of something, and what they say. */

import type { Clock } from "./clock.ts";

/** How old a measurement may be. */
export interface Recency {
  /** Milliseconds. */
  readonly ageMaxMs: number;
  /** Ages go by it. */
  readonly clock: Clock;
}

interface Measurement {
  readonly value: number;
  /** 0 where ages do not matter. */
  readonly atMs: number;
}

/** Keeps the newest `sizeMax` numbers, and of those, where that matters, the recent ones. */
export class RollingWindow {
  readonly #measured: Measurement[] = [];

  /** Starts empty. @throws {RangeError} if `sizeMax` is not a whole number of at least 1. */
  constructor(private readonly sizeMax: number, private readonly recency?: Recency) {
    if (!Number.isInteger(sizeMax) || sizeMax < 1) {
      throw new RangeError(`Cannot keep a window of ${sizeMax} numbers: at least 1 is wanted`);
    }
  }

  /** Adds a measurement, forgetting the oldest when the window is full. */
  add(value: number): void {
    this.#measured.push({ value, atMs: this.recency?.clock.nowMs() ?? 0 });
    if (this.#measured.length > this.sizeMax) this.#measured.shift();
  }

  /** How many measurements the window holds. */
  get size(): number {
    return this.#kept().length;
  }

  /** The arithmetic mean, or `undefined` without measurements. */
  mean(): number | undefined {
    const kept = this.#kept();
    if (kept.length === 0) return undefined;
    return kept.reduce((sum, { value }) => sum + value, 0) / kept.length;
  }

  /** The `p`-th percentile (nearest rank, `p` in 0..100), or `undefined` without measurements. */
  percentile(p: number): number | undefined {
    return percentile(this.#kept().map(({ value }) => value), p);
  }

  /** Milliseconds since the newest measurement; `undefined` without one, or where ages do not matter. */
  newestAgoMs(): number | undefined {
    const newest = this.#kept().at(-1);
    return newest && this.recency && this.recency.clock.nowMs() - newest.atMs;
  }

  #kept(): readonly Measurement[] {
    if (!this.recency) return this.#measured;
    const { ageMaxMs, clock } = this.recency;
    const oldestMs = clock.nowMs() - ageMaxMs;
    while (this.#measured[0] && this.#measured[0].atMs < oldestMs) this.#measured.shift();
    return this.#measured;
  }
}

/** The `p`-th percentile of `values` (nearest rank, `p` in 0..100), or `undefined` of nothing. */
export function percentile(values: readonly number[], p: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(p / 100 * sorted.length) - 1)];
}
