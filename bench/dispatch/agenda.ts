/** What will happen in simulated time, in its order. */

import type { FakeClock } from "../../core/fake_clock.ts";

interface Event {
  readonly atMs: number;
  readonly happen: () => void;
}

/** Events by their time; of those at the same time the one first that was put down first. */
export class Agenda {
  /** The next one is the last. */
  readonly #events: Event[] = [];

  /** Begins empty. */
  constructor(private readonly clock: FakeClock) {}

  /** Simulated milliseconds. */
  get nowMs(): number {
    return this.clock.nowMs();
  }

  /** Puts down what happens in so many milliseconds. */
  in(ms: number, happen: () => void): void {
    const atMs = this.nowMs + ms;
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.atMs > atMs) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { atMs, happen });
  }

  /** Lets everything happen, also what is put down meanwhile, until nothing is left. */
  run(): void {
    for (let next = this.#events.pop(); next; next = this.#events.pop()) {
      this.clock.jump(next.atMs - this.nowMs);
      next.happen();
    }
  }
}
