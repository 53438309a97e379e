/** How long the last answers took, in a ring of numbers: percentiles are reckoned when somebody asks. */

import type { Clock } from "../core/clock.ts";
import { percentile } from "../core/rolling_window.ts";

/** Milliseconds that an answer counts for. */
const RECENT_MS = 60_000;

/** Of the last minute, or of as many answers as the ring holds where there were more. */
export class LatencyRing {
  readonly #tookMs: Float32Array;
  readonly #atMs: Float64Array;
  #next = 0;

  /** Holds nothing. @param size answers that it holds, at least 1. */
  constructor(size: number, private readonly clock: Clock) {
    this.#tookMs = new Float32Array(size);
    this.#atMs = new Float64Array(size).fill(-Infinity);
  }

  /** Notes how many milliseconds an answer took. */
  add(tookMs: number): void {
    this.#tookMs[this.#next] = tookMs;
    this.#atMs[this.#next] = this.clock.nowMs();
    this.#next = (this.#next + 1) % this.#tookMs.length;
  }

  /** The percentiles of some shares, 0 to 100; nothing where there were no answers. */
  percentiles<const Share extends number>(
    shares: readonly Share[],
  ): Readonly<Record<`p${Share}`, number>> | undefined {
    const oldestMs = this.clock.nowMs() - RECENT_MS;
    const recent = [...this.#tookMs.filter((_, i) => this.#atMs[i]! > oldestMs)];
    if (recent.length === 0) return undefined;
    const found = shares.map((share) => [`p${share}`, rounded(percentile(recent, share)!)]);
    return Object.fromEntries(found) as Readonly<Record<`p${Share}`, number>>;
  }
}

/** To a hundredth: what is kept is not more exact. */
function rounded(ms: number): number {
  return Math.round(100 * ms) / 100;
}
