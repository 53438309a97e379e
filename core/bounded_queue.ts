/** The one queue of the system: bounded, with a named rule for what happens when it is full. */

import { type Clock, systemClock } from "./clock.ts";
import { ControlledDelay } from "./controlled_delay.ts";

/**
 * What a full queue does with one more item. `adaptive` drops the oldest, too, and also from a queue
 * that is not full, as long as items wait in it too long all the time (see `controlled_delay.ts`).
 */
export type OverflowRule = "wait" | "drop_oldest" | "drop_newest" | "adaptive";

/** Every overflow rule, in the order in which help texts name them. */
export const OVERFLOW_RULES: readonly OverflowRule[] = [
  "wait",
  "drop_oldest",
  "drop_newest",
  "adaptive",
];

/** Why an item was dropped. */
export interface Dropped {
  /** The queue had no room, or the item came out of it too late. */
  readonly cause: "full" | "late";
  /** Milliseconds that it was in the queue. */
  readonly waitedMs: number;
}

interface Entry<T> {
  readonly item: T;
  /** When it came in. */
  readonly atMs: number;
}

/**
 * A first-in first-out queue that holds at most `lengthMax` items. Whatever it drops is handed to
 * `onDrop`, so that nothing is lost without a count. Under `wait` items that find no room stand at
 * its door, in order: how many is up to whoever pushes without waiting for the push before.
 */
export class BoundedQueue<T> {
  readonly #items: Entry<T>[] = [];
  readonly #door: { readonly item: T; readonly enter: () => void }[] = [];
  readonly #delay: ControlledDelay | undefined;
  #held = false;

  /**
   * Starts empty.
   *
   * @param onDrop takes over each item that is dropped.
   * @param clock by which `adaptive` knows how long items wait.
   * @throws {RangeError} if `lengthMax` is not a whole number of at least 1.
   */
  constructor(
    readonly lengthMax: number,
    readonly overflow: OverflowRule,
    private readonly onDrop: (item: T, dropped: Dropped) => void,
    private readonly clock: Clock = systemClock,
  ) {
    if (!Number.isInteger(lengthMax) || lengthMax < 1) {
      throw new RangeError(`Cannot make a queue of ${lengthMax} items: at least 1 is wanted`);
    }
    this.#delay = overflow === "adaptive" ? new ControlledDelay() : undefined;
  }

  /** Items that can be taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Items that wait for room; none but under `wait`. */
  get atDoor(): number {
    return this.#door.length;
  }

  /** Puts an item in. Under `wait` it resolves when there was room, else at once. */
  push(item: T): Promise<void> {
    if (this.overflow === "wait" && (this.#full || this.#held)) {
      return new Promise((enter) => this.#door.push({ item, enter }));
    }
    if (this.#full && this.overflow === "drop_newest") {
      this.onDrop(item, { cause: "full", waitedMs: 0 });
      return Promise.resolve();
    }
    const atMs = this.clock.nowMs();
    if (this.#full) this.#drop(this.#items.shift()!, "full", atMs);
    this.#items.push({ item, atMs });
    return Promise.resolve();
  }

  /**
   * Takes the oldest item that is not dropped, which lets the first one at the door in; `undefined`
   * when it is empty, and only then: the newest is never too late.
   */
  take(): T | undefined {
    let entry = this.#items.shift();
    if (this.#delay) {
      const nowMs = this.clock.nowMs();
      while (entry && this.#delay.drops(nowMs - entry.atMs, this.#items.length, nowMs)) {
        this.#drop(entry, "late", nowMs);
        entry = this.#items.shift();
      }
    }
    this.#admit();
    return entry?.item;
  }

  /** Lets nobody in any more until `release`, room or not. Only `wait` can: other rules keep to theirs. */
  hold(): void {
    this.#held = true;
  }

  /** Lets in whoever waits at the door, as far as there is room. */
  release(): void {
    this.#held = false;
    this.#admit();
  }

  get #full(): boolean {
    return this.#items.length >= this.lengthMax;
  }

  #drop({ item, atMs }: Entry<T>, cause: Dropped["cause"], nowMs: number): void {
    this.onDrop(item, { cause, waitedMs: nowMs - atMs });
  }

  #admit(): void {
    while (!this.#held && !this.#full) {
      const first = this.#door.shift();
      if (!first) return;
      this.#items.push({ item: first.item, atMs: this.clock.nowMs() });
      first.enter();
    }
  }
}
