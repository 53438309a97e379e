/** Workers in simulated time: so many at once, first come, first served. */

import type { Clock } from "../../core/clock.ts";

/** How long a task waited, and was worked at. */
export interface Worked {
  /** Milliseconds. */
  readonly queueMs: number;
  /** Milliseconds. */
  readonly serviceMs: number;
}

/**
 * Milliseconds more that an inference takes when nothing was inferred for `afterMs`: caches are cold and
 * cores slept, which a profile that is taken without a pause does not see. `bench:life` measures it.
 */
export const IDLE = { afterMs: 50, moreMs: 2 } as const;

/** A few Workers and their queue. */
export class SimulatedWorkers {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #busyMs = 0;
  #endedAtMs = -Infinity;

  /** All are idle. @param wakeMs milliseconds more that a task takes after a pause. */
  constructor(
    readonly count: number,
    private readonly clock: Clock,
    private readonly wakeMs = 0,
  ) {}

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
  async work(usualMs: number, stillWanted = () => true): Promise<Worked | undefined> {
    const cameAtMs = this.clock.nowMs();
    const isCold = this.#running === 0 && cameAtMs - this.#endedAtMs >= IDLE.afterMs;
    if (this.#running >= this.count) {
      await new Promise<void>((begin) => this.#waiting.push(begin));
    } else this.#running++;
    const queueMs = this.clock.nowMs() - cameAtMs;
    if (!stillWanted()) {
      this.#next();
      return undefined;
    }
    const serviceMs = usualMs + (isCold ? this.wakeMs : 0);
    await this.clock.sleep(serviceMs);
    this.#busyMs += serviceMs;
    this.#endedAtMs = this.clock.nowMs();
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
