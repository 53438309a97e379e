/** What the process has used. */

import process from "node:process";

/** What frames took. */
export interface Cost {
  /** How many they were. */
  readonly frames: number;
  /** Milliseconds of all cores, in the program and in the system for it. */
  readonly cpuMs: number;
  /** Milliseconds that went by. */
  readonly wallMs: number;
}

/** Counts from where it is made. */
export class Meter {
  readonly #cpu = process.cpuUsage();
  readonly #beganAtMs = performance.now();

  /** What was used since, for so many frames. */
  cost(frames: number): Cost {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { frames, cpuMs: (user + system) / 1000, wallMs: performance.now() - this.#beganAtMs };
  }
}

/** What `more` took beyond `less`: of two runs, a start-up is taken off so. */
export function difference(more: Cost, less: Cost): Cost {
  return {
    frames: more.frames - less.frames,
    cpuMs: more.cpuMs - less.cpuMs,
    wallMs: more.wallMs - less.wallMs,
  };
}
