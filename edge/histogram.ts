/** How often something took how long, in buckets: what a scrape reads. */

import type { Distribution } from "../web/metrics.ts";

/** Upper ends of the buckets of a frame's latency, in seconds. */
export const LATENCY_BUCKETS: readonly number[] = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10],
];

/** Counts durations. */
export class Histogram implements Distribution {
  readonly counts: number[];
  #sum = 0;

  /** Starts empty. @param buckets upper ends, ascending, in seconds. */
  constructor(readonly buckets: readonly number[] = LATENCY_BUCKETS) {
    this.counts = Array.from({ length: buckets.length + 1 }, () => 0);
  }

  /** All of them together, seconds. */
  get sum(): number {
    return this.#sum;
  }

  /** Counts one. */
  add(seconds: number): void {
    let bucket = 0;
    while (bucket < this.buckets.length && seconds > this.buckets[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.#sum += seconds;
  }
}
