/** When something was in sight: a few intervals, however often it was lost. */

/** From when to when, in any unit. */
export type Interval = readonly [from: number, to: number];

/** Intervals that are kept; with more, those that are nearest to each other become one. */
const INTERVALS_MAX = 32;

/** Intervals of sight. */
export class Sight {
  readonly #intervals: (readonly [from: number, to: number])[] = [];

  /** Never seen yet. @param gapMax what is shorter is no gap */
  constructor(private readonly gapMax: number) {}

  /** Takes that it is in sight. @param at never before the last one */
  see(at: number): void {
    const last = this.#intervals.at(-1);
    if (last && at - last[1] <= this.gapMax) {
      this.#intervals[this.#intervals.length - 1] = [last[0], at];
    } else this.#intervals.push([at, at]);
    if (this.#intervals.length > INTERVALS_MAX) this.#join();
  }

  /** The intervals, in order. */
  get intervals(): readonly Interval[] {
    return [...this.#intervals];
  }

  #join(): void {
    const gapAfter = (i: number) => this.#intervals[i + 1]![0] - this.#intervals[i]![1];
    let at = 0;
    for (let i = 1; i < this.#intervals.length - 1; i++) if (gapAfter(i) < gapAfter(at)) at = i;
    const [[from], [, to]] = [this.#intervals[at]!, this.#intervals[at + 1]!];
    this.#intervals.splice(at, 2, [from, to]);
  }
}
