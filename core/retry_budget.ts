/**
 * How many requests may be sent once more: a share of the recent ones, and a few besides. Where all fail,
 * more tries make it worse. After Finagle's `RetryBudget`; gRPC's A6 throttles retries for the same reason.
 */

import type { Clock } from "./clock.ts";

/** How much there is. */
export interface RetryAllowance {
  /** Tries that a request adds to the budget. */
  readonly share: number;
  /** Tries a second that there are without any request, so that a rare one may be sent once more. */
  readonly triesPerSec: number;
}

/** Seconds that a request counts for. */
const RECENT_S = 10;

/** What was sent, second by second. */
interface Second {
  readonly second: number;
  requests: number;
  again: number;
}

/** One for all requests that share their servers' fate. */
export class RetryBudget {
  readonly #seconds: Second[] = [];
  #sentAgain = 0;
  #denied = 0;

  /** Knows of no request yet. */
  constructor(private readonly clock: Clock, private readonly allowance: RetryAllowance) {}

  /** Requests that were sent once more. */
  get sentAgain(): number {
    return this.#sentAgain;
  }

  /** Requests that were not sent once more since the budget was used up. */
  get denied(): number {
    return this.#denied;
  }

  /** Notes a request that is sent for the first time. */
  request(): void {
    this.#now().requests++;
  }

  /** Takes one try out of the budget. @returns whether there was one. */
  take(): boolean {
    const now = this.#now();
    const requests = this.#seconds.reduce((sum, second) => sum + second.requests, 0);
    const again = this.#seconds.reduce((sum, second) => sum + second.again, 0);
    const { share, triesPerSec } = this.allowance;
    if (again + 1 > share * requests + triesPerSec * RECENT_S) {
      this.#denied++;
      return false;
    }
    now.again++;
    this.#sentAgain++;
    return true;
  }

  /** This second; those that are not recent any more are forgotten. */
  #now(): Second {
    const second = Math.floor(this.clock.nowMs() / 1000);
    while (this.#seconds[0] && this.#seconds[0].second <= second - RECENT_S) this.#seconds.shift();
    const last = this.#seconds.at(-1);
    if (last?.second === second) return last;
    const now = { second, requests: 0, again: 0 };
    this.#seconds.push(now);
    return now;
  }
}
