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

/** Numbers of requests that a server has which are told apart: 1, 2, up to 4, up to 8, … and all more. */
const LOADS = 8;

/** Models of a server that are told apart. */
const MODELS_MAX = 64;

/** The middle one of the recent ones; `undefined` when they are too few. */
function middleOf(window: RollingWindow): number | undefined {
  return window.size < SAMPLES_MIN ? undefined : window.percentile(50);
}

/** The least that the middle one was in the last 5 to 10 minutes, with about as much to do. */
class Best {
  readonly #window: RollingWindow;
  #bestMs = Infinity;
  #lastBestMs = Infinity;
  #periodAtMs: number;

  constructor(private readonly clock: Clock) {
    this.#window = windowOf(clock);
    this.#periodAtMs = clock.nowMs();
  }

  observe(tookMs: number): void {
    this.#turn();
    this.#window.add(tookMs);
    this.#bestMs = Math.min(this.#bestMs, middleOf(this.#window) ?? Infinity);
  }

  /** `Infinity` where it was none. */
  get ms(): number {
    this.#turn();
    return Math.min(this.#bestMs, this.#lastBestMs);
  }

  #turn(): void {
    const periods = Math.floor((this.clock.nowMs() - this.#periodAtMs) / PERIOD_MS);
    if (periods < 1) return;
    this.#lastBestMs = periods === 1 ? this.#bestMs : Infinity;
    this.#bestMs = Infinity;
    this.#periodAtMs += periods * PERIOD_MS;
  }
}

/** Of one server and one model. */
export class RecentLatency {
  #tookMs: RollingWindow;
  #slower: RollingWindow;
  readonly #best: readonly Best[];

  /** Knows nothing. */
  constructor(private readonly clock: Clock) {
    this.#tookMs = windowOf(clock);
    this.#slower = windowOf(clock);
    this.#best = Array.from({ length: LOADS }, () => new Best(clock));
  }

  /** Notes how long an answer took that was asked for while the server had `others` of ours. */
  observe(tookMs: number, others: number): void {
    this.#note(tookMs, others);
    this.#best[loadOf(others)]!.observe(tookMs);
  }

  /** Notes that after so long there was no answer: that it would have taken longer is all that is known. */
  atLeast(waitedMs: number, others: number): void {
    const nowMs = this.nowMs;
    if (nowMs !== undefined && waitedMs > nowMs) this.#note(waitedMs, others);
  }

  /** Milliseconds that the middle one of the recent answers took; `undefined` when they are too few. */
  get nowMs(): number | undefined {
    return middleOf(this.#tookMs);
  }

  /**
   * Times as long as before that the middle one of the recent answers took, each compared with what
   * answers took with as much to do; `undefined` when they are too few.
   */
  get slower(): number | undefined {
    return middleOf(this.#slower);
  }

  /** Forgets the recent answers: what comes next is judged anew, by what was before. */
  restart(): void {
    this.#tookMs = windowOf(this.clock);
    this.#slower = windowOf(this.clock);
  }

  #note(tookMs: number, others: number): void {
    this.#tookMs.add(tookMs);
    const expectedMs = this.#expectedMs(loadOf(others));
    if (expectedMs !== undefined) this.#slower.add(tookMs / expectedMs);
  }

  /** Where it never had as much to do: as long as one after the other takes, by what it took with less. */
  #expectedMs(load: number): number | undefined {
    for (let less = load; less >= 0; less--) {
      const { ms } = this.#best[less]!;
      if (ms < Infinity) return Math.max(1, ms) * 2 ** (load - less);
    }
    return this.#best.slice(load).map(({ ms }) => ms).find((ms) => ms < Infinity);
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

function windowOf(clock: Clock): RollingWindow {
  return new RollingWindow(SAMPLES_MAX, { ageMaxMs: RECENT_MS, clock });
}

function loadOf(others: number): number {
  return Math.min(LOADS - 1, Math.ceil(Math.log2(others + 1)));
}
