/** How long a server takes, remembered as load balancers do: soon alarmed, slowly calmed. */

import type { Clock } from "../core/clock.ts";

/** Milliseconds in which a measurement loses all but 1/e of its weight (Finagle's `decayTime`). */
const DECAY_MS = 10_000;

/**
 * Peak EWMA (Finagle, `com.twitter.finagle.loadbalancer.PeakEwma`, `Metric.observe`): an
 * exponentially weighted moving average whose weights go by time, and which jumps to a measurement
 * above it at once, so that a server that stalls is passed over after one slow answer. Left alone
 * it sinks towards 0, so that such a server is tried again.
 */
export class PeakEwma {
  #costMs: number | undefined;
  #atMs = 0;

  /** Knows nothing. */
  constructor(private readonly clock: Clock) {}

  /** Notes that an answer took so long. */
  observe(tookMs: number): void {
    const costMs = this.read();
    const weight = this.#weight();
    this.#atMs = this.clock.nowMs();
    this.#costMs = costMs === undefined || tookMs > costMs
      ? tookMs
      : this.#costMs! * weight + tookMs * (1 - weight);
  }

  /**
   * Notes that after so long there was no answer: that one would have taken longer still is all
   * that is known, so it can only raise the metric, and tells nothing where nothing was known.
   */
  atLeast(waitedMs: number): void {
    const costMs = this.read();
    if (costMs !== undefined && waitedMs > costMs) this.observe(waitedMs);
  }

  /** Milliseconds as of now; `undefined` before the first measurement. */
  read(): number | undefined {
    return this.#costMs === undefined ? undefined : this.#costMs * this.#weight();
  }

  #weight(): number {
    return Math.exp(-Math.max(0, this.clock.nowMs() - this.#atMs) / DECAY_MS);
  }
}
