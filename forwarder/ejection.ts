/** Passes over a server that goes wrong, or slow, for a while (Envoy's outlier detection). */

import type { Clock } from "../core/clock.ts";
import type { Rng } from "../core/rng.ts";

/** Failures in a row after which it is passed over (Envoy's `consecutive_5xx`). */
export const IN_A_ROW = 5;

/** Milliseconds for which it is passed over the first time; the n-th time it is n times as long. */
const BASE_MS = 10_000;

/** Times as long at most. */
const GROWTH_MAX = 10;

/** Milliseconds without an ejection after which the next one is a step shorter again. */
const CALMS_MS = 60_000;

/** Share by which a time differs by chance: servers that broke together do not come back together. */
const JITTER = 0.2;

/** Whether one server is passed over, by how its calls ended. */
export class Ejection {
  #inARow = 0;
  #times = 0;
  #untilMs = -Infinity;
  #why = "";

  /** Begins in good faith. */
  constructor(private readonly clock: Clock, private readonly rng: Rng) {}

  /** Why it is passed over now; nothing when it is not. */
  get why(): string | undefined {
    return this.clock.nowMs() < this.#untilMs ? this.#why : undefined;
  }

  /** Until when it is, or was, passed over, on the clock's `nowMs`; `-Infinity` where it never was. */
  get endedAtMs(): number {
    return this.#untilMs;
  }

  /** Notes that a call was answered. */
  succeeded(): void {
    this.#inARow = 0;
  }

  /**
   * Notes that a call went wrong at it, and says whether that is why it is passed over from now on.
   * Failures of calls that it had before do not make it longer.
   */
  failed(message: string): boolean {
    if (this.why !== undefined || ++this.#inARow < IN_A_ROW) return false;
    this.#eject(`${IN_A_ROW} calls in a row went wrong, the last: ${message}`);
    return true;
  }

  /** Notes that its answers take too long, and says whether that is why it is passed over from now on. */
  slow(message: string): boolean {
    if (this.why !== undefined) return false;
    this.#eject(message);
    return true;
  }

  #eject(why: string): void {
    const nowMs = this.clock.nowMs();
    const calmed = Math.floor(Math.max(0, nowMs - this.#untilMs) / CALMS_MS);
    this.#times = Math.min(GROWTH_MAX, Math.max(0, this.#times - calmed) + 1);
    const forMs = BASE_MS * this.#times * (1 + JITTER * (2 * this.rng() - 1));
    this.#untilMs = nowMs + forMs;
    this.#inARow = 0;
    this.#why = `passed over for ${Math.round(forMs / 1000)} s: ${why}`;
  }
}
