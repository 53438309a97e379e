/** How much work of each model was let in lately: what others will have to share with. */

import type { Clock } from "../core/clock.ts";

/** Milliseconds over which demand is averaged: long enough for a mean, short enough to follow bursts. */
export const AVERAGED_MS = 1000;

interface Demand {
  /** Milliseconds that one was measured to take without load. */
  readonly expectedMs: number;
  /** Milliseconds of Workers that were let in, older ones counted for less and less. */
  readonly workMs: number;
  readonly atMs: number;
  /** Since when it is watched. */
  readonly sinceMs: number;
}

/** Milliseconds that a demand must have been seen for before it is believed. */
const SEEN_MS = 100;

/** Rates that decay exponentially. */
export class DemandMeter {
  readonly #demands = new Map<string, Demand>();

  /** Begins with none. */
  constructor(private readonly clock: Clock) {}

  /** Notes that work of a model was let in, which was measured to take `expectedMs` without load. */
  note(model: string, workMs: number, expectedMs: number): void {
    const atMs = this.clock.nowMs();
    const sinceMs = this.#demands.get(model)?.sinceMs ?? atMs;
    this.#demands.set(model, { expectedMs, workMs: this.#left(model) + workMs, atMs, sinceMs });
  }

  /** What was expected of the one that was let in last, if that was lately. */
  expectedMs(model: string): number | undefined {
    return this.#demands.get(model)?.expectedMs;
  }

  /** Milliseconds of a Worker that a model needs each millisecond. */
  of(model: string): number {
    const { sinceMs = 0 } = this.#demands.get(model) ?? {};
    const seenMs = Math.max(SEEN_MS, this.clock.nowMs() - sinceMs);
    // What is watched for a short time only has come in that time.
    return this.#left(model) / (AVERAGED_MS * (1 - Math.exp(-seenMs / AVERAGED_MS)));
  }

  /** Models that were asked for lately. */
  models(): string[] {
    for (const model of this.#demands.keys()) {
      if (this.#left(model) < 1e-3) this.#demands.delete(model); // models come and go
    }
    return [...this.#demands.keys()];
  }

  #left(model: string): number {
    const demand = this.#demands.get(model);
    if (!demand) return 0;
    return demand.workMs * Math.exp((demand.atMs - this.clock.nowMs()) / AVERAGED_MS);
  }
}
