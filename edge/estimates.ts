/** What the latest frames say about the next one: the estimates that policies decide by. */

import type { Clock } from "../core/clock.ts";
import { RollingWindow } from "../core/rolling_window.ts";
import { OffloadLog } from "./offload_log.ts";
import type { OffloadFailure } from "./cloud/offload_client.ts";
import type { OffloadTimings } from "./cloud/offload_timings.ts";

/** Frames that an estimate looks back on. */
const WINDOW = 20;

/** Milliseconds after which a measurement says nothing any more. */
export const MEASUREMENT_AGE_MAX_MS = 60_000;

/** Failures that are remembered: more of them in a minute count as so many. */
const FAILURES_MAX = 1000;

/** Means over the latest frames inferred here; `undefined` without a recent one. */
export interface LocalEstimates {
  /** From capture, or from the cloud's failure, to result, milliseconds. */
  readonly latencyMs: number | undefined;
  /** Milliseconds since the latest measurement. */
  readonly measuredAgoMs: number | undefined;
}

/** Means over the latest offloads; `undefined` without a recent one. */
export interface CloudEstimates {
  /** From capture to result, milliseconds; one that failed counts where it lasted longer. */
  readonly latencyMs: number | undefined;
  /** On the network, both ways, milliseconds. */
  readonly networkMs: number | undefined;
  /** Waiting for a Worker in the cloud, milliseconds. */
  readonly queueMs: number | undefined;
  /** At a Worker in the cloud, milliseconds. */
  readonly inferMs: number | undefined;
  /** Milliseconds since the latest answer. */
  readonly measuredAgoMs: number | undefined;
  /** Offloads of the last minute that failed. */
  readonly recentFailures: number;
}

/** Rolling estimates of delays, of measurements that are not old. */
export class Estimates {
  /** Offloads, one by one. */
  readonly offloads: OffloadLog;
  readonly #localMs: RollingWindow;
  readonly #cloudMs: RollingWindow;
  readonly #networkMs: RollingWindow;
  readonly #queueMs: RollingWindow;
  readonly #inferMs: RollingWindow;
  readonly #failures: RollingWindow;

  /** Knows nothing yet. */
  constructor(clock: Clock) {
    const recency = { ageMaxMs: MEASUREMENT_AGE_MAX_MS, clock };
    const window = (size = WINDOW) => new RollingWindow(size, recency);
    this.offloads = new OffloadLog(clock, MEASUREMENT_AGE_MAX_MS);
    this.#localMs = window();
    this.#cloudMs = window();
    this.#networkMs = window();
    this.#queueMs = window();
    this.#inferMs = window();
    this.#failures = window(FAILURES_MAX);
  }

  /** A frame was inferred here, `latencyMs` after its capture, or after the cloud had failed on it. */
  addLocal(latencyMs: number): void {
    this.#localMs.add(latencyMs);
  }

  /** A frame was inferred in the cloud, `latencyMs` after its capture. */
  addCloud(latencyMs: number, { network, queue, infer }: OffloadTimings): void {
    this.#cloudMs.add(latencyMs);
    this.#networkMs.add(network);
    this.#queueMs.add(queue);
    this.#inferMs.add(infer);
  }

  /**
   * The cloud failed on a frame, `lastedMs` after its capture: an answer would have taken at least that
   * long. One that failed sooner than answers come says nothing about how long they take.
   */
  addCloudFailure(lastedMs: number, kind: OffloadFailure): void {
    this.#failures.add(1);
    const meanMs = this.#cloudMs.mean();
    if (meanMs === undefined ? kind === "late" : lastedMs > meanMs) this.#cloudMs.add(lastedMs);
  }

  /** Of frames inferred here. */
  local(): LocalEstimates {
    return { latencyMs: this.#localMs.mean(), measuredAgoMs: this.#localMs.newestAgoMs() };
  }

  /** Of frames inferred in the cloud. */
  cloud(): CloudEstimates {
    return {
      latencyMs: this.#cloudMs.mean(),
      networkMs: this.#networkMs.mean(),
      queueMs: this.#queueMs.mean(),
      inferMs: this.#inferMs.mean(),
      measuredAgoMs: this.#networkMs.newestAgoMs(),
      recentFailures: this.#failures.size,
    };
  }
}
