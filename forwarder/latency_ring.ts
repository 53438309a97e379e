/** How long the last answers took, in a ring of numbers: percentiles are reckoned when somebody asks. */

import type { Clock } from "../core/clock.ts";

/** Milliseconds that an answer counts for. */
const RECENT_MS = 60_000;

/** Of the last minute, or of as many answers as the ring holds where there were more. */
export class LatencyRing {
  readonly #tookMs: Float32Array;
  readonly #atMs: Float64Array;
  /** Those that are sorted: there may be a thousand rings, all asked at once. */
  readonly #recent: Float32Array;
  #next = 0;

  /** Holds nothing. @param size answers that it holds, at least 1. */
  constructor(size: number, private readonly clock: Clock) {
    this.#tookMs = new Float32Array(size);
    this.#recent = new Float32Array(size);
    this.#atMs = new Float64Array(size).fill(-Infinity);
  }

  /** Notes how many milliseconds an answer took. */
  add(tookMs: number): void {
    this.#tookMs[this.#next] = tookMs;
    this.#atMs[this.#next] = this.clock.nowMs();
    this.#next = (this.#next + 1) % this.#tookMs.length;
  }

  /** The percentiles (nearest rank) of some shares, 0 to 100; nothing where there were no answers. */
  percentiles<const Share extends number>(
    shares: readonly Share[],
  ): Readonly<Record<`p${Share}`, number>> | undefined {
    const oldestMs = this.clock.nowMs() - RECENT_MS;
    let size = 0;
    for (let i = 0; i < this.#tookMs.length; i++) {
      if (this.#atMs[i]! > oldestMs) this.#recent[size++] = this.#tookMs[i]!;
    }
    if (size === 0) return undefined;
    const sorted = this.#recent.subarray(0, size).sort();
    const ranked = (share: number) => sorted[Math.max(0, Math.ceil(share / 100 * size) - 1)]!;
    const found = shares.map((share) => [`p${share}`, rounded(ranked(share))]);
    return Object.fromEntries(found) as Readonly<Record<`p${Share}`, number>>;
  }
}

/** To a hundredth: what is kept is not more exact. */
function rounded(ms: number): number {
  return Math.round(100 * ms) / 100;
}
