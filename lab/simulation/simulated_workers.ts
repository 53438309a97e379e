/** Workers in simulated time: so many at once, first come, first served. */

import type { Clock } from "../../core/clock.ts";

/** How long a task waited, and was worked at. */
export interface Worked {
  /** Milliseconds. */
  readonly queueMs: number;
  /** Milliseconds. */
  readonly serviceMs: number;
}

/** A few Workers and their queue. */
export class SimulatedWorkers {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #busyMs = 0;

  /** All are idle. */
  constructor(readonly count: number, private readonly clock: Clock) {}

  /** Tasks that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Tasks that are worked at. */
  get running(): number {
    return this.#running;
  }

  /** Milliseconds that all of them were at work, together. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /**
   * Has a task done.
   *
   * @param stillWanted asked when a Worker is free for it.
   * @returns `undefined` when it was not wanted any more.
   */
  async work(serviceMs: number, stillWanted = () => true): Promise<Worked | undefined> {
    const cameAtMs = this.clock.nowMs();
    if (this.#running >= this.count) {
      await new Promise<void>((begin) => this.#waiting.push(begin));
    } else this.#running++;
    const queueMs = this.clock.nowMs() - cameAtMs;
    if (!stillWanted()) {
      this.#next();
      return undefined;
    }
    await this.clock.sleep(serviceMs);
    this.#busyMs += serviceMs;
    this.#next();
    return { queueMs, serviceMs };
  }

  /** The Worker goes on with the next task, or is idle. */
  #next(): void {
    const begin = this.#waiting.shift();
    if (begin) begin();
    else this.#running--;
  }
}
