/** A clock that goes when a test says so. */

import type { Clock } from "../../core/clock.ts";

/** Starts at 0; its sleepers wake in the order of their times as it is advanced. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** How many wait for the clock. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Lets `ms` pass, and everything happen that follows from it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#sleepers].sort((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > untilMs) break;
      this.#nowMs = next.atMs;
      next.wake();
    }
    this.#nowMs = untilMs;
    await settled();
  }
}

/** Resolves when every promise that could settle without the clock has settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
