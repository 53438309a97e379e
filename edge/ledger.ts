/** The frame ledger: every captured frame ends in exactly one outcome, and the numbers add up. */

/** How a frame ends. */
export type Outcome = "local" | "cloud" | "filtered" | "dropped" | "failed";

/** Frames by outcome: `captured = local + cloud + filtered + dropped + failed`. */
export type FrameCounts = Readonly<Record<"captured" | Outcome, number>>;

/** Counts frames from capture to outcome. */
export class FrameLedger {
  readonly #counts = { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  readonly #open = new Set<number>();

  /** A frame was captured. @throws {Error} if it was captured before. */
  open(index: number): void {
    if (this.#open.has(index)) throw new Error(`frame ${index} was captured twice`);
    this.#open.add(index);
    this.#counts.captured++;
  }

  /** A frame ended. @throws {Error} if it is not open: it never was, or it ended before. */
  settle(index: number, outcome: Outcome): void {
    if (!this.#open.delete(index)) throw new Error(`frame ${index} ended twice, now as ${outcome}`);
    this.#counts[outcome]++;
  }

  /** Frames that have no outcome yet. */
  get pending(): number {
    return this.#open.size;
  }

  /** The counts so far. */
  counts(): FrameCounts {
    return { ...this.#counts };
  }
}

/** Frames of several runs, together. */
export function framesOf(runs: readonly FrameCounts[]): FrameCounts {
  const frames = { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  for (const counts of runs) {
    for (const key of Object.keys(frames) as (keyof FrameCounts)[]) frames[key] += counts[key];
  }
  return frames;
}
