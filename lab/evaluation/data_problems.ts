/** What is wrong with a data set, collected so that the user sees all of it at once. */

import { SmarteyeError } from "../../core/errors.ts";

/** Problems that are shown; the others are counted. */
const SHOWN_MAX = 20;

/** A growing list of problems that becomes one error. */
export class DataProblems {
  readonly #lines: string[] = [];
  #count = 0;

  /** Begins without a problem. @param path the data set's. */
  constructor(private readonly path: string) {}

  /** Notes one more. @param where a file, and a line in it. */
  add(where: string, found: string, wanted: string): void {
    if (++this.#count <= SHOWN_MAX) this.#lines.push(`${where}: found ${found}, wanted ${wanted}`);
  }

  /**
   * Ends here if anything is wrong.
   *
   * @throws {SmarteyeError} `invalid_argument` that lists the problems.
   */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const what = `Cannot read the data set "${this.path}"`;
    if (this.#count === 1) {
      throw new SmarteyeError("invalid_argument", `${what}: ${this.#lines[0]}`);
    }
    const more = this.#count - this.#lines.length;
    throw new SmarteyeError(
      "invalid_argument",
      [`${what}: ${this.#count} problems`, ...this.#lines, ...more > 0 ? [`and ${more} more`] : []]
        .join("\n  "),
    );
  }
}
