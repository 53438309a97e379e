/** The last few measurements of something, as long as they are recent. */

import type { Clock } from "./clock.ts";

interface Measurement {
  readonly value: number;
  readonly atMs: number;
}

/** Keeps the newest `sizeMax` numbers, none longer than `ageMaxMs`. */
export class RecentWindow {
  readonly #measured: Measurement[] = [];

  /** Starts empty. @throws {RangeError} if `sizeMax` is not a whole number of at least 1. */
  constructor(
    private readonly sizeMax: number,
    private readonly ageMaxMs: number,
    private readonly clock: Clock,
  ) {
    if (!Number.isInteger(sizeMax) || sizeMax < 1) {
      throw new RangeError(`Cannot keep a window of ${sizeMax} numbers: at least 1 is wanted`);
    }
  }

  /** Adds a measurement, forgetting the oldest when the window is full. */
  add(value: number): void {
    this.#measured.push({ value, atMs: this.clock.nowMs() });
    if (this.#measured.length > this.sizeMax) this.#measured.shift();
  }

  /** How many measurements are recent. */
  get size(): number {
    return this.#recent().length;
  }

  /** The arithmetic mean, or `undefined` without recent measurements. */
  mean(): number | undefined {
    const recent = this.#recent();
    if (recent.length === 0) return undefined;
    return recent.reduce((sum, { value }) => sum + value, 0) / recent.length;
  }

  /** Milliseconds since the newest measurement, or `undefined` without a recent one. */
  newestAgoMs(): number | undefined {
    const newest = this.#recent().at(-1);
    return newest && this.clock.nowMs() - newest.atMs;
  }

  #recent(): readonly Measurement[] {
    const oldestMs = this.clock.nowMs() - this.ageMaxMs;
    while (this.#measured[0] && this.#measured[0].atMs < oldestMs) this.#measured.shift();
    return this.#measured;
  }
}
