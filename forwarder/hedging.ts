/** When a second server is asked although the first one may answer yet (Dean, Barroso: The Tail at Scale). */

import type { Clock } from "../core/clock.ts";
import { RetryBudget } from "../core/retry_budget.ts";
import { RollingWindow } from "../core/rolling_window.ts";

/** Requests after which the first one counts as late. */
const PERCENTILE = 95;

/** The newest requests of a model that this is taken of. */
const SAMPLES_MAX = 200;

/** Requests of a model without which nothing is known. */
const SAMPLES_MIN = 20;

/** Requests after which it is taken anew. */
const RENEWED_AFTER = 20;

/** Milliseconds that a request counts for. */
const RECENT_MS = 60_000;

/** Share of the requests that may be hedged: the 95th percentile makes as many. */
const SHARE = 0.05;

/** Models that are told apart. */
const MODELS_MAX = 256;

/** How long one model's requests take. */
class Model {
  readonly #window: RollingWindow;
  #since = 0;
  delayMs: number | undefined;

  constructor(clock: Clock) {
    this.#window = new RollingWindow(SAMPLES_MAX, { ageMaxMs: RECENT_MS, clock });
  }

  answered(tookMs: number): void {
    this.#window.add(tookMs);
    if (++this.#since < RENEWED_AFTER) return;
    this.#since = 0;
    const knows = this.#window.size >= SAMPLES_MIN;
    this.delayMs = knows ? this.#window.percentile(PERCENTILE) : undefined;
  }
}

/** Knows how long requests take, and how many were hedged. */
export class Hedging {
  readonly #models = new Map<string, Model>();
  readonly #budget: RetryBudget;

  /** Knows nothing. */
  constructor(private readonly clock: Clock) {
    this.#budget = new RetryBudget(clock, { share: SHARE, triesPerSec: 0 });
  }

  /** Notes a request that is sent for the first time. */
  request(): void {
    this.#budget.request();
  }

  /** Notes how long a request took whose answer came, by whatever server. */
  answered(model: string, tookMs: number): void {
    let known = this.#models.get(model);
    if (!known) {
      const [first] = this.#models.keys();
      if (first !== undefined && this.#models.size >= MODELS_MAX) this.#models.delete(first);
      this.#models.set(model, known = new Model(this.clock));
    }
    known.answered(tookMs);
  }

  /** Milliseconds after which a request for a model is late; `undefined` where that is not known yet. */
  delayMs(model: string): number | undefined {
    return this.#models.get(model)?.delayMs;
  }

  /** Takes one hedge. @returns whether there was one to be had. */
  take(): boolean {
    return this.#budget.take();
  }
}
