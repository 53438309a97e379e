/** How long a server's answers for a model take of late, beside how long they took before. */

import type { Clock } from "../core/clock.ts";
import { RollingWindow } from "../core/rolling_window.ts";

/** Answers of which the middle is taken: a few that are late for reasons of their own do not move it. */
const SAMPLES_MAX = 20;

/** Answers without which nothing is said. */
const SAMPLES_MIN = 10;

/** Milliseconds that an answer counts for. */
const RECENT_MS = 30_000;

/** Milliseconds of a period; the best of this and of the last one is what it took before. */
const PERIOD_MS = 5 * 60_000;

/** Models of a server that are told apart. */
const MODELS_MAX = 64;

/** Of one server and one model. */
export class RecentLatency {
  #window: RollingWindow;
  #bestMs = Infinity;
  #lastBestMs = Infinity;
  #periodAtMs: number;

  /** Knows nothing. */
  constructor(private readonly clock: Clock) {
    this.#window = this.#fresh();
    this.#periodAtMs = clock.nowMs();
  }

  /** Notes how long an answer took. */
  observe(tookMs: number): void {
    this.#window.add(tookMs);
    const nowMs = this.nowMs;
    this.#turn();
    if (nowMs !== undefined) this.#bestMs = Math.min(this.#bestMs, nowMs);
  }

  /** Notes that after so long there was no answer: that it would have taken longer is all that is known. */
  atLeast(waitedMs: number): void {
    const nowMs = this.nowMs;
    if (nowMs !== undefined && waitedMs > nowMs) this.observe(waitedMs);
  }

  /** Milliseconds that the middle one of the recent answers took; `undefined` when they are too few. */
  get nowMs(): number | undefined {
    return this.#window.size < SAMPLES_MIN ? undefined : this.#window.percentile(50);
  }

  /** The least that `nowMs` was in the last 5 to 10 minutes; `undefined` where it was not. */
  get bestMs(): number | undefined {
    this.#turn();
    const bestMs = Math.min(this.#bestMs, this.#lastBestMs);
    return bestMs === Infinity ? undefined : bestMs;
  }

  /** Forgets the recent answers: what comes next is judged anew, by what was before. */
  restart(): void {
    this.#window = this.#fresh();
  }

  #fresh(): RollingWindow {
    return new RollingWindow(SAMPLES_MAX, { ageMaxMs: RECENT_MS, clock: this.clock });
  }

  #turn(): void {
    const nowMs = this.clock.nowMs();
    const periods = Math.floor((nowMs - this.#periodAtMs) / PERIOD_MS);
    if (periods < 1) return;
    this.#lastBestMs = periods === 1 ? this.#bestMs : Infinity;
    this.#bestMs = Infinity;
    this.#periodAtMs += periods * PERIOD_MS;
  }
}

/** Of one server and every model that it was asked for. */
export class RecentLatencies {
  readonly #models = new Map<string, RecentLatency>();

  /** Knows nothing. */
  constructor(private readonly clock: Clock) {}

  /** Of a model; `undefined` before its first request. */
  of(model: string): RecentLatency | undefined {
    return this.#models.get(model);
  }

  /** Of a model that was asked for: the one that was first asked for is forgotten for too many. */
  asked(model: string): RecentLatency {
    const known = this.#models.get(model);
    if (known) return known;
    const [first] = this.#models.keys();
    if (first !== undefined && this.#models.size >= MODELS_MAX) this.#models.delete(first);
    const fresh = new RecentLatency(this.clock);
    this.#models.set(model, fresh);
    return fresh;
  }
}
