/** One direction of a link in simulated time: transfers share what it carries, and fly on behind it. */

import type { Clock } from "../../core/clock.ts";
import type { Rng } from "../../core/rng.ts";
import type { Capacity } from "./capacity.ts";

/** What a direction is like. */
export interface Way {
  /** What passes the bottleneck, from the start of the clock. */
  readonly capacity: Capacity;
  /** Milliseconds from there to the far end. */
  readonly delayMs: number;
  /** Milliseconds more, at most: each transfer takes another part of them. */
  readonly jitterMs: number;
}

interface Transfer {
  /** Bytes that each transfer must have been given when this one has passed. */
  readonly doneAt: number;
  readonly passed: () => void;
}

/**
 * Transfers that are under way share the bottleneck equally, byte for byte: what packets in turn come
 * to (generalised processor sharing; Parekh and Gallager, 1993). Nothing overtakes behind it.
 */
export class SharedWay {
  readonly #active = new Set<Transfer>();
  /** Bytes that a transfer has been given that was there all the time. */
  #given = 0;
  /** Of the capacity, those that are accounted for. */
  #accounted = 0;
  /** Tells what was planned before something changed from what is planned now. */
  #plan = 0;
  #arrivedAtMs = 0;
  #carriedBytes = 0;

  /** Carries at once. @param rng each transfer's jitter. */
  constructor(
    private readonly way: Way,
    private readonly clock: Clock,
    private readonly rng: Rng,
  ) {}

  /** Bytes that have passed the bottleneck, of transfers that were given up too. */
  get carriedBytes(): number {
    this.#account();
    return this.#carriedBytes;
  }

  /**
   * Carries bytes to the far end.
   *
   * @param signal ends it: what has not passed by then does not.
   * @returns resolves when they are there; never, when it was ended.
   */
  async carry(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return await new Promise(() => {});
    this.#account();
    const passed = Promise.withResolvers<void>();
    const transfer = { doneAt: this.#given + bytes, passed: passed.resolve };
    const end = () => {
      this.#account();
      if (this.#active.delete(transfer)) this.#replan();
    };
    signal.addEventListener("abort", end, { once: true });
    this.#active.add(transfer);
    this.#replan();
    await passed.promise;
    signal.removeEventListener("abort", end);
    const { delayMs, jitterMs } = this.way;
    const nowMs = this.clock.nowMs();
    this.#arrivedAtMs = Math.max(this.#arrivedAtMs, nowMs + delayMs + this.rng() * jitterMs);
    await this.clock.sleep(this.#arrivedAtMs - nowMs);
  }

  /** Gives those that were under way what has passed since. */
  #account(): void {
    const until = this.way.capacity.bytesUntil(this.clock.nowMs());
    const bytes = until - this.#accounted;
    this.#accounted = until;
    if (this.#active.size === 0) return;
    this.#given += bytes / this.#active.size;
    this.#carriedBytes += bytes;
  }

  /** Waits for the first of those under way to have passed. */
  #replan(): void {
    const plan = ++this.#plan;
    if (this.#active.size === 0) return;
    let first = Infinity;
    for (const { doneAt } of this.#active) first = Math.min(first, doneAt);
    const bytes = Math.max(0, first - this.#given) * this.#active.size;
    const nowMs = this.clock.nowMs();
    const atMs = Math.max(nowMs, this.way.capacity.whenPassed(this.#accounted + bytes));
    void this.clock.sleep(atMs - nowMs).then(() => {
      if (plan !== this.#plan) return; // something else has come, or was given up
      this.#account();
      this.#given = Math.max(this.#given, first); // but for rounding, it has
      for (const transfer of this.#active) {
        if (transfer.doneAt > this.#given + ROUNDING_BYTES) continue;
        this.#active.delete(transfer);
        transfer.passed();
      }
      this.#replan();
    });
  }
}

/** Bytes that two sums may differ by rounding. */
const ROUNDING_BYTES = 1e-6;
