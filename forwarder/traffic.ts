/** What a forwarder did in the last minute, whoever asked: how much, how fast, and what went wrong. */

import type { Clock } from "../core/clock.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Exchange } from "./exchange.ts";
import { LatencyRing } from "./latency_ring.ts";
import { MinuteWindow, type WindowSecond } from "./minute_window.ts";

/** Answers of which percentiles are. */
const LATENCIES = 2048;

/** Requests of a minute that ended otherwise than asked for, by the code of the error. */
export type ByCode = Readonly<Partial<Record<ErrorCode, number>>>;

/** The last minute, in numbers. */
export interface TrafficSeen {
  /** Requests a second. */
  readonly requests_per_s: number;
  /** From a request's head to its answer, of those answered as they asked; absent without any. */
  readonly latency_ms?: Readonly<Record<"p50" | "p95" | "p99", number>>;
  /** Answered as they asked. */
  readonly ok: number;
  /** No server was asked for them. */
  readonly refused: ByCode;
  /** A server was, or several. */
  readonly failed: ByCode;
  /** Second by second, the oldest first: requests, and how many milliseconds those took on the average. */
  readonly seconds: readonly WindowSecond[];
}

/** Counts it. */
export class Traffic {
  readonly #all: MinuteWindow;
  readonly #ok: MinuteWindow;
  readonly #latency: LatencyRing;
  /** There are as many as codes of errors. */
  readonly #refused = new Map<ErrorCode, MinuteWindow>();
  readonly #failed = new Map<ErrorCode, MinuteWindow>();

  /** Nothing has come. */
  constructor(private readonly clock: Clock) {
    this.#all = new MinuteWindow(clock);
    this.#ok = new MinuteWindow(clock);
    this.#latency = new LatencyRing(LATENCIES, clock);
  }

  /** Notes that a request has ended. */
  ended({ failure, isDispatched, arrivedAtMs }: Exchange): void {
    const tookMs = this.clock.nowMs() - arrivedAtMs;
    this.#all.add(tookMs);
    if (!failure) {
      this.#ok.add();
      this.#latency.add(tookMs);
      return;
    }
    const windows = isDispatched ? this.#failed : this.#refused;
    let window = windows.get(failure.code);
    if (!window) windows.set(failure.code, window = new MinuteWindow(this.clock));
    window.add();
  }

  /** What the last minute was like. */
  seen(): TrafficSeen {
    const latency = this.#latency.percentiles([50, 95, 99]);
    return {
      requests_per_s: Math.round(100 * this.#all.perSec) / 100,
      ...(latency ? { latency_ms: latency } : {}),
      ok: this.#ok.count,
      refused: countsOf(this.#refused),
      failed: countsOf(this.#failed),
      seconds: this.#all.seconds(),
    };
  }
}

function countsOf(windows: ReadonlyMap<ErrorCode, MinuteWindow>): ByCode {
  const counts = [...windows].map(([code, { count }]) => [code, count] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
