/** What happened in the last minute, second by second, in the same few numbers however much it was. */

import type { Clock } from "../core/clock.ts";

/** Seconds that are kept. */
export const WINDOW_S = 60;

/** One second of a window. */
export interface WindowSecond {
  /** How often it happened. */
  readonly count: number;
  /** What it took on the average; absent where it did not happen. */
  readonly mean?: number;
}

/** Counts, and adds up, over a minute that moves. */
export class MinuteWindow {
  readonly #counts = new Uint32Array(WINDOW_S);
  readonly #sums = new Float64Array(WINDOW_S);
  readonly #beganAtMs: number;
  /** The second that the last one was counted in. */
  #second: number;

  /** Nothing has happened. */
  constructor(private readonly clock: Clock) {
    this.#beganAtMs = clock.nowMs();
    this.#second = this.#now();
  }

  /** Counts one, which took so much. */
  add(value = 0): void {
    this.#turn();
    const at = this.#second % WINDOW_S;
    this.#counts[at]!++;
    this.#sums[at]! += value;
  }

  /** How often it happened. */
  get count(): number {
    this.#turn();
    let sum = 0;
    for (let at = 0; at < WINDOW_S; at++) sum += this.#counts[at]!;
    return sum;
  }

  /** How often a second, over as much of the minute as is known, at least one second. */
  get perSec(): number {
    const knownS = (this.clock.nowMs() - this.#beganAtMs) / 1000;
    return this.count / Math.min(WINDOW_S, Math.max(1, knownS));
  }

  /** Each second, the oldest first; the last one is not over. */
  seconds(): WindowSecond[] {
    this.#turn();
    return Array.from({ length: WINDOW_S }, (_, i) => {
      const at = (this.#second + 1 + i) % WINDOW_S;
      const count = this.#counts[at]!;
      return count === 0 ? { count } : { count, mean: this.#sums[at]! / count };
    });
  }

  #now(): number {
    return Math.floor(this.clock.nowMs() / 1000);
  }

  /** Empties the seconds that have passed. */
  #turn(): void {
    const now = this.#now();
    const passed = Math.min(WINDOW_S, now - this.#second);
    for (let i = 1; i <= passed; i++) {
      const at = (now - passed + i) % WINDOW_S;
      this.#counts[at] = 0;
      this.#sums[at] = 0;
    }
    this.#second = now;
  }
}
