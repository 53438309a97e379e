/** One line on stderr that says how far the run is. */

import type { Clock } from "../core/clock.ts";
import type { Output } from "./output.ts";

/** Milliseconds between two updates of the line on a terminal: more often, nobody can read. */
const UPDATE_MS = 100;
/** Milliseconds between two lines where stderr is a file or a pipe. */
const LINE_MS = 5000;

/** A line that is overwritten in place on a terminal, and printed now and then elsewhere. */
export class Progress {
  #shownAtMs = -Infinity;
  #isShown = false;

  /** Writes to `output`, as often as `clock` allows. */
  constructor(private readonly output: Output, private readonly clock: Clock) {}

  /** Shows `line` in place of the last one, unless that was only a moment ago. */
  show(line: string): void {
    const { isTerminal } = this.output;
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#shownAtMs < (isTerminal ? UPDATE_MS : LINE_MS)) return;
    this.#shownAtMs = nowMs;
    // deno-lint-ignore no-control-regex -- a file's name must not move the cursor
    const clean = line.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").trimEnd();
    if (!isTerminal) return this.output.write(`${clean}\n`);
    // A line that wraps could not be overwritten.
    const fitting = [...clean].slice(0, this.output.columns() - 1).join("");
    this.output.write(`\r\x1b[2K${fitting}`);
    this.#isShown = true;
  }

  /** Steps aside for another line; the next `show` brings it back. */
  clear(): void {
    if (!this.#isShown) return;
    this.output.write("\r\x1b[2K");
    this.#isShown = false;
  }
}
