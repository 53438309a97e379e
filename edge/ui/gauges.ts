/** How numbers that only grow change: a second, over the last few seconds, and over the last minute. */

import type { Rates } from "./told.ts";

/** Samples that a rate looks back on, and those that are kept to be drawn. */
const WINDOW = 6, HISTORY = 120;

interface Sample extends Rates {
  readonly atMs: number;
}

/** The rates of one source, sampled now and then. */
export class Gauges {
  readonly #samples: Sample[] = [];
  readonly #history: Rates[] = [];

  /** Takes the numbers of a moment, each counted since the begin. */
  sample(counted: Rates, atMs: number): void {
    this.#samples.push({ ...counted, atMs });
    if (this.#samples.length > WINDOW + 1) this.#samples.shift();
    this.#history.push(this.rates);
    if (this.#history.length > HISTORY) this.#history.shift();
  }

  /** Over the last few samples; 0 before there are two. */
  get rates(): Rates {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const seconds = first && last ? (last.atMs - first.atMs) / 1000 : 0;
    if (!first || !last || seconds <= 0) return { frames: 0, up: 0, down: 0 };
    const rate = (key: keyof Rates) => (last[key] - first[key]) / seconds;
    return { frames: rate("frames"), up: rate("up"), down: rate("down") };
  }

  /** The rates of the samples so far, the oldest first. */
  get history(): readonly Rates[] {
    return this.#history;
  }
}
