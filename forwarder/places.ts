/** Places of requests whose bodies are complete: what they hold in memory is bounded by them. */

import { SmarteyeError } from "../core/errors.ts";

/** So many places. A request that still arrives has none: who sends slowly keeps nobody out. */
export class Places {
  #taken = 0;

  /** All free. `max`: how many there are at the moment. */
  constructor(private readonly max: () => number) {}

  /** Those that are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Holds that one is free. @throws {SmarteyeError} `overloaded` when none is. */
  assertFree(): void {
    if (this.#taken < this.max()) return;
    throw new SmarteyeError(
      "overloaded",
      `Cannot take the request: ${this.#taken} others are under way, fewer are wanted`,
    );
  }

  /**
   * Takes one.
   *
   * @returns what gives it back; to be called once.
   * @throws {SmarteyeError} `overloaded` when none is free.
   */
  take(): () => void {
    this.assertFree();
    this.#taken++;
    return () => void this.#taken--;
  }
}
