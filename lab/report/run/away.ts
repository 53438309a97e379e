/** When a live source delivered nothing: from the lines that say so. */

import type { SourceEventRecord } from "../../../edge/record.ts";

/** Interruptions that are kept. */
const KEPT_MAX = 200;

/** A stretch of time without the source. */
export interface Interruption {
  /** When it began, milliseconds since the Unix epoch. */
  readonly fromMs: number;
  /** When it ended; `undefined` where nothing says so. */
  readonly toMs: number | undefined;
  /** What the source did first. */
  readonly state: string;
  /** Why; empty where there is nothing to say. */
  readonly detail: string;
}

/** Hears the source. */
export class Away {
  readonly #kept: Interruption[] = [];
  #count = 0;
  #seconds = 0;
  #wasLive = false;
  #open: Interruption | undefined;

  /** Those that were told, in order; the first ones, where there are very many. */
  get interruptions(): readonly Interruption[] {
    return this.#open ? [...this.#kept, this.#open] : this.#kept;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** How long those together were that ended. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Hears that a source comes to a new state. What is before it is live for the first time is none. */
  hear({ state, at, detail = "" }: SourceEventRecord): void {
    const atMs = Date.parse(at);
    if (!Number.isFinite(atMs)) return;
    if (state === "live" || state === "ended") {
      if (this.#open) this.#seconds += Math.max(0, atMs - this.#open.fromMs) / 1000;
      if (this.#open && this.#kept.length < KEPT_MAX) {
        this.#kept.push({ ...this.#open, toMs: atMs });
      }
      this.#open = undefined;
      this.#wasLive = state === "live";
    } else if (this.#wasLive && !this.#open) {
      this.#count++;
      this.#open = { fromMs: atMs, toMs: undefined, state, detail };
    }
  }
}
