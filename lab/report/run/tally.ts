/** Counts by name, of which there may be any number. */

/** Names that are told from each other; the rest is counted together. */
const NAMES_MAX = 500;

/** The most frequent ones, and the rest. */
export interface Ranking<Name extends string = string> {
  /** The most frequent first. */
  readonly top: readonly (readonly [name: Name, count: number])[];
  /** How many others there are, at least. */
  readonly restNames: number;
  /** What they come to together. */
  readonly rest: number;
}

/** Counts. */
export class Tally {
  readonly #counts = new Map<string, number>();
  #unnamed = 0;

  /** Counts one, or several. */
  add(name: string, count = 1): void {
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= NAMES_MAX) this.#unnamed += count;
    else this.#counts.set(name, (before ?? 0) + count);
  }

  /** The first so many, and what the others come to. */
  ranking(max: number): Ranking {
    const sorted = [...this.#counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const others = sorted.slice(max);
    return {
      top: sorted.slice(0, max),
      restNames: others.length + (this.#unnamed > 0 ? 1 : 0),
      rest: others.reduce((sum, [, count]) => sum + count, this.#unnamed),
    };
  }

  /** All that have a name, the most frequent first. */
  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.ranking(NAMES_MAX).top);
  }
}
