/** The one queue of the system: bounded, with a named rule for what happens when it is full. */

/** What a full queue does with one more item. */
export type OverflowRule = "wait" | "drop_oldest" | "drop_newest";

/** Every overflow rule, in the order in which help texts name them. */
export const OVERFLOW_RULES: readonly OverflowRule[] = ["wait", "drop_oldest", "drop_newest"];

/**
 * A first-in first-out queue that holds at most `lengthMax` items. Whatever it drops is handed to
 * `onDrop`, so that nothing is lost without a count. Under `wait` items that find no room stand at
 * its door, in order: how many is up to whoever pushes without waiting for the push before.
 */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #door: { readonly item: T; readonly enter: () => void }[] = [];
  #held = false;

  /**
   * Starts empty.
   *
   * @param onDrop takes over each item that is dropped.
   * @throws {RangeError} if `lengthMax` is not a whole number of at least 1.
   */
  constructor(
    readonly lengthMax: number,
    readonly overflow: OverflowRule,
    private readonly onDrop: (item: T) => void,
  ) {
    if (!Number.isInteger(lengthMax) || lengthMax < 1) {
      throw new RangeError(`Cannot make a queue of ${lengthMax} items: at least 1 is wanted`);
    }
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
      this.onDrop(item);
      return Promise.resolve();
    }
    if (this.#full) this.onDrop(this.#items.shift()!);
    this.#items.push(item);
    return Promise.resolve();
  }

  /** Takes the oldest item, which lets the first one at the door in; `undefined` when it is empty. */
  take(): T | undefined {
    const item = this.#items.shift();
    this.#admit();
    return item;
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

  #admit(): void {
    while (!this.#held && !this.#full) {
      const first = this.#door.shift();
      if (!first) return;
      this.#items.push(first.item);
      first.enter();
    }
  }
}
