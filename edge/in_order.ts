/** Puts what ends in any order back in the order of capture. */

/** Hands numbered items on in the order of their numbers: 1, 2, 3 … */
export class InOrder<T extends object> {
  readonly #early = new Map<number, T>();
  #next = 1;

  /** `deliver` takes each item, at once when it is its turn. */
  constructor(private readonly deliver: (item: T) => void) {}

  /** Items that wait for one with a lower number. */
  get waiting(): number {
    return this.#early.size;
  }

  /** Takes an item; each number comes once, and none is left out. */
  add(number: number, item: T): void {
    this.#early.set(number, item);
    for (let next = this.#early.get(this.#next); next; next = this.#early.get(this.#next)) {
      this.#early.delete(this.#next++);
      this.deliver(next);
    }
  }
}
