/** How many requests there are, averaged so that the last seconds count. */

import type { Clock } from "../core/clock.ts";

/** Milliseconds after which what was counts for 1/e. */
const TIME_CONSTANT_MS = 2000;

/** Averages of requests; older ones fade exponentially. */
export class RequestRates {
  #atMs: number;
  #underWay = 0;
  #meanUnderWay = 0;
  #endedPerMs = 0;
  #failedPerMs = 0;

  /**
   * Counts from now on.
   *
   * @param isFault whether what was thrown counts as a failure of who was asked.
   */
  constructor(
    private readonly clock: Clock,
    private readonly isFault: (thrown: unknown) => boolean = () => true,
  ) {
    this.#atMs = clock.nowMs();
  }

  /** Requests that had no outcome yet, on the average. */
  get meanUnderWay(): number {
    this.#fade();
    return this.#meanUnderWay;
  }

  /** Requests a second that ended, well or not. */
  get endedPerSecond(): number {
    this.#fade();
    return this.#endedPerMs * 1000;
  }

  /** Those that failed, and not by a fault of the caller's. */
  get failedPerSecond(): number {
    this.#fade();
    return this.#failedPerMs * 1000;
  }

  /** Counts a request from its beginning to its end. */
  async count<T>(request: () => Promise<T>): Promise<T> {
    this.#fade();
    this.#underWay++;
    let hasFailed = false;
    try {
      return await request();
    } catch (thrown) {
      hasFailed = this.isFault(thrown);
      throw thrown;
    } finally {
      this.#fade();
      this.#underWay--;
      this.#endedPerMs += 1 / TIME_CONSTANT_MS;
      if (hasFailed) this.#failedPerMs += 1 / TIME_CONSTANT_MS;
    }
  }

  #fade(): void {
    const nowMs = this.clock.nowMs();
    const kept = Math.exp((this.#atMs - nowMs) / TIME_CONSTANT_MS);
    this.#atMs = nowMs;
    this.#meanUnderWay = this.#underWay + (this.#meanUnderWay - this.#underWay) * kept;
    this.#endedPerMs *= kept;
    this.#failedPerMs *= kept;
  }
}
