/** How times are spread, in bounded memory: of a stretch of a run, to be put together with the next. */

/** Buckets a decade: a value is known to 3 %. */
const PER_DECADE = 40;

/** Milliseconds that the first bucket begins with; all below are in it. */
const LEAST_MS = 0.1;

/** Decades: up to ten million milliseconds, which is almost three hours. */
const DECADES = 8;

/** Counts times. */
export class Spread {
  readonly #counts = new Uint32Array(PER_DECADE * DECADES);
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Counts one. */
  add(ms: number): void {
    const bucket = Math.floor(PER_DECADE * Math.log10(Math.max(LEAST_MS, ms) / LEAST_MS));
    this.#counts[Math.min(this.#counts.length - 1, bucket)]!++;
    this.#count++;
  }

  /** Counts all of another one, too. */
  addAll(other: Spread): void {
    for (const [i, count] of other.#counts.entries()) this.#counts[i]! += count;
    this.#count += other.#count;
  }

  /** Milliseconds that a share of all were within, to 3 %; `undefined` without any. */
  quantile(share: number): number | undefined {
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let sum = 0;
    for (const [i, count] of this.#counts.entries()) {
      sum += count;
      if (sum >= wanted) return LEAST_MS * 10 ** ((i + 0.5) / PER_DECADE);
    }
    return undefined;
  }
}
