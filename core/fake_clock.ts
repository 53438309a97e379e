/** Virtual time: a day passes in a millisecond, and always in the same order. */

import assert from "node:assert/strict";
import type { Clock } from "./clock.ts";

/** Turns of the event loop without a sleeper after which what is waited for counts as hanging. */
const TURNS_MAX = 10_000;

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #outside = 0;
  readonly #sleepers: Sleeper[] = [];

  /** Stands at 0, which is `startEpochMs` since the Unix epoch. */
  constructor(private readonly startEpochMs = Date.UTC(2026, 0, 2, 3, 4, 5)) {}

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.startEpochMs + this.#nowMs;
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { dueMs: this.#nowMs + Math.max(0, ms), wake: () => done() };
      const done = () => {
        const at = this.#sleepers.indexOf(sleeper);
        if (at >= 0) this.#sleepers.splice(at, 1);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      signal?.addEventListener("abort", done, { once: true });
      const later = this.#sleepers.findIndex(({ dueMs }) => dueMs > sleeper.dueMs);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
    });
  }

  /** Stands still while something goes on that real time passes for, such as work of another thread. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.#outside++;
    try {
      return await work;
    } finally {
      this.#outside--;
    }
  }

  /** Lets `ms` pass, waking who is due on the way, in order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await idle();
    while (this.#sleepers[0] && this.#sleepers[0].dueMs <= endMs) {
      this.#wakeFirst();
      await idle();
    }
    this.#nowMs = endMs;
  }

  /** Lets `ms` pass at once, before anything else happens. Who is due meanwhile is woken late. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets as much time pass as `promise` needs. Fails when it hangs although nobody sleeps. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => void (settled = true);
    promise.then(settle, settle);
    for (let turns = 0; !settled; turns++) {
      await idle();
      if (settled) break;
      if (this.#outside > 0) {
        turns = 0;
        continue;
      }
      if (this.#sleepers.length === 0) {
        assert.ok(turns < TURNS_MAX, "it hangs: nothing happens any more");
        continue;
      }
      turns = 0;
      this.#wakeFirst();
    }
    return await promise;
  }

  #wakeFirst(): void {
    const sleeper = this.#sleepers[0]!;
    this.#nowMs = Math.max(this.#nowMs, sleeper.dueMs);
    sleeper.wake();
  }
}

/** Lets everything that can happen now happen. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
