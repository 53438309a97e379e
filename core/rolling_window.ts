/** The last few measurements of something, and what they say. */

/** Keeps the newest `sizeMax` numbers in a ring. */
export class RollingWindow {
  readonly #ring: number[] = [];
  #next = 0;

  /** Starts empty. @throws {RangeError} if `sizeMax` is not a whole number of at least 1. */
  constructor(private readonly sizeMax: number) {
    if (!Number.isInteger(sizeMax) || sizeMax < 1) {
      throw new RangeError(`Cannot keep a window of ${sizeMax} numbers: at least 1 is wanted`);
    }
  }

  /** Adds a measurement, forgetting the oldest when the window is full. */
  add(value: number): void {
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.sizeMax;
  }

  /** How many measurements the window holds. */
  get size(): number {
    return this.#ring.length;
  }

  /** The arithmetic mean, or `undefined` without measurements. */
  mean(): number | undefined {
    if (this.#ring.length === 0) return undefined;
    return this.#ring.reduce((sum, value) => sum + value, 0) / this.#ring.length;
  }

  /** The `p`-th percentile (nearest rank, `p` in 0..100), or `undefined` without measurements. */
  percentile(p: number): number | undefined {
    return percentile(this.#ring, p);
  }
}

/** The `p`-th percentile of `values` (nearest rank, `p` in 0..100), or `undefined` of nothing. */
export function percentile(values: readonly number[], p: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p / 100 * sorted.length) - 1)];
}
