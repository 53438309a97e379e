/** The places of one Worker that are taken: what it is at, and for how long it is busy yet. */

import type { Clock } from "../../core/clock.ts";

/** Share of a task's expected time that is taken to be left of one that takes longer. */
const LEFT_AT_LEAST = 0.1;

/** A place that is taken. */
export interface Taken {
  /** Milliseconds that the Worker is expected to be at it. */
  readonly costMs: number;
}

interface Asked {
  readonly taken: Taken;
  readonly inputs: number;
  readonly atMs: number;
}

/** Keeps the account of one Worker's places. */
export class TakenPlaces {
  readonly #taken = new Set<Taken>();
  /** Those that the Worker was asked for, in that order: it is at the first, and the others wait in it. */
  readonly #asked: Asked[] = [];
  /** When the Worker was last done with one. */
  #endedAtMs = -Infinity;

  /** Begins with none. */
  constructor(private readonly clock: Clock) {}

  /** How many are taken. */
  get count(): number {
    return this.#taken.size;
  }

  /** Inputs that the Worker is at. */
  get running(): number {
    return this.#asked[0]?.inputs ?? 0;
  }

  /** Milliseconds for which the Worker is expected to be busy yet. */
  get committedMs(): number {
    let ms = 0;
    for (const { costMs } of this.#taken) ms += costMs;
    const [first] = this.#asked;
    if (!first) return ms;
    const { costMs } = first.taken;
    const ranMs = this.clock.nowMs() - this.#beganAtMs(first);
    return ms - Math.min(ranMs, (1 - LEFT_AT_LEAST) * costMs);
  }

  /** Takes one. */
  take(costMs: number): Taken {
    const taken = { costMs };
    this.#taken.add(taken);
    return taken;
  }

  /** Gives one back; `false` where that was done before. */
  giveBack(taken: Taken): boolean {
    return this.#taken.delete(taken);
  }

  /**
   * Notes what the Worker is asked for, until it has answered.
   *
   * @param ask asks it; answers come in the order in which it was asked.
   * @returns the answer, and the milliseconds that the Worker was at it, without those before.
   */
  async during<T>(
    taken: Taken,
    inputs: number,
    ask: () => Promise<T>,
  ): Promise<{ readonly answer: T; readonly tookMs: number }> {
    const asked = { taken, inputs, atMs: this.clock.nowMs() };
    this.#asked.push(asked);
    try {
      const answer = await ask();
      return { answer, tookMs: this.clock.nowMs() - this.#beganAtMs(asked) };
    } finally {
      this.#asked.splice(this.#asked.indexOf(asked), 1);
      this.#endedAtMs = this.clock.nowMs();
    }
  }

  #beganAtMs({ atMs }: Asked): number {
    return Math.max(atMs, this.#endedAtMs);
  }
}
