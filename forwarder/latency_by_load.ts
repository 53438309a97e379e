/** How long a server's answers take, by how many requests it had when they were asked for. */

import type { Clock } from "../core/clock.ts";

/** Weight of the newest answer in the average of its like. */
const NEWEST = 0.1;

/** Numbers of requests in flight that are told apart. */
const LOADS_MAX = 256;

/** Milliseconds without any answer in which what is known loses all but 1/e of its weight. */
const FADES_MS = 10_000;

/**
 * Latency at the current requests in flight (Prequal, NSDI 2024), from answers alone: how busy a server
 * is and how fast it is are one number. Where there was no answer with as many, the nearest that there
 * was counts. Left alone it sinks towards 0, so that a server that was slow is tried again.
 */
export class LatencyByLoad {
  readonly #meanMs: (number | undefined)[] = [];
  #atMs = 0;

  /** Knows nothing. */
  constructor(private readonly clock: Clock) {}

  /** Notes that an answer took so long which was asked for with `inFlight` others under way. */
  observe(inFlight: number, tookMs: number): void {
    const at = Math.min(inFlight, LOADS_MAX - 1);
    const before = this.#meanMs[at];
    this.#meanMs[at] = before === undefined ? tookMs : before + NEWEST * (tookMs - before);
    this.#atMs = this.clock.nowMs();
  }

  /** Milliseconds that one more is expected to take; `undefined` before the first answer. */
  read(inFlight: number): number | undefined {
    const at = Math.min(inFlight, LOADS_MAX - 1);
    for (let off = 0; off < Math.max(at + 1, this.#meanMs.length - at); off++) {
      const meanMs = this.#meanMs[at - off] ?? this.#meanMs[at + off];
      if (meanMs !== undefined) {
        return meanMs * Math.exp(-Math.max(0, this.clock.nowMs() - this.#atMs) / FADES_MS);
      }
    }
    return undefined;
  }
}
