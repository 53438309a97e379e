/** The one queue of the system: bounded, with a named rule for what happens when it is full. */

/** What a full queue does with one more item. */
export type OverflowRule = "wait" | "drop_oldest" | "drop_newest";

/** Every overflow rule, in the order in which help texts name them. */
export const OVERFLOW_RULES: readonly OverflowRule[] = ["wait", "drop_oldest", "drop_newest"];

/**
 * A first-in first-out queue that holds at most `lengthMax` items. Whatever it drops is handed to
 * `onDrop`, so that nothing is lost without a count. One side pushes, any number of takers take.
 */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #takers: ((item: T | undefined) => void)[] = [];
  readonly #pushers: (() => void)[] = [];
  #closed = false;

  /**
   * Starts empty.
   *
   * @param onDrop takes over each item that is dropped.
   * @throws {RangeError} if `lengthMax` is not a whole number of at least 1.
   */
  constructor(
    readonly lengthMax: number,
    private readonly overflow: OverflowRule,
    private readonly onDrop: (item: T) => void,
  ) {
    if (!Number.isInteger(lengthMax) || lengthMax < 1) {
      throw new RangeError(`Cannot make a queue of ${lengthMax} items: at least 1 is wanted`);
    }
  }

  /** Items that wait for a taker. */
  get length(): number {
    return this.#items.length;
  }

  /** Puts an item in. Under `wait` it resolves when there was room. An item for a closed queue is dropped. */
  async push(item: T): Promise<void> {
    while (!this.#closed && this.#items.length >= this.lengthMax && this.overflow === "wait") {
      await new Promise<void>((resolve) => this.#pushers.push(resolve));
    }
    if (this.#closed) return this.onDrop(item);
    const taker = this.#takers.shift();
    if (taker) return taker(item);
    if (this.#items.length >= this.lengthMax) {
      if (this.overflow === "drop_newest") return this.onDrop(item);
      this.onDrop(this.#items.shift()!);
    }
    this.#items.push(item);
  }

  /** Takes the oldest item, waiting for one; `undefined` once the queue is closed and empty. */
  take(): Promise<T | undefined> {
    if (this.#items.length > 0) {
      const item = this.#items.shift()!;
      this.#pushers.shift()?.();
      return Promise.resolve(item);
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** No more items come: takers get what is left, then `undefined`. */
  close(): void {
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker(undefined);
    for (const pusher of this.#pushers.splice(0)) pusher();
  }

  /** Drops everything that waits. */
  clear(): void {
    for (const item of this.#items.splice(0)) this.onDrop(item);
    for (const pusher of this.#pushers.splice(0)) pusher();
  }
}
