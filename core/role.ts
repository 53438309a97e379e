/** What every role of the program is: a function from options and the world to an exit status. */

import type { Clock } from "./clock.ts";
import type { Rng } from "./rng.ts";

/**
 * What a role says of itself to whoever started it: it works now, or it reads its settings again and is
 * `ready` when it goes by them.
 */
export type Announced = "ready" | "reloading";

/** The world as a role sees it. */
export interface RoleDeps<Options = unknown> {
  /** The only time that a role goes by. */
  readonly clock: Clock;
  /** Every choice that is left to chance; seeded in tests. */
  readonly rng: Rng;
  /** Aborts when the role should drain: take nothing new, finish what is under way, return. */
  readonly drain: AbortSignal;
  /** Writes one line to stdout, where the output for machines goes. */
  readonly print: (line: string) => void;
  /** Shows one line of progress in place of the last one; absent where nobody watches. */
  readonly progress?: (line: string) => void;
  /** Tells the service manager, systemd for one; absent where there is none that wants to know. */
  readonly announce?: (state: Announced) => void;
  /**
   * Reads the settings again, from where they were read at the start.
   *
   * @throws {SmarteyeError} `invalid_argument` saying all that is wrong with them.
   */
  readonly reread?: () => Options;
  /** Calls `listener` when the user asks for the settings to be read again; returns what ends that. */
  readonly onReload?: (listener: () => void) => () => void;
}

/** `0` done, `1` the run failed. (A wrong command line or config is thrown, and becomes `2`.) */
export type ExitStatus = 0 | 1 | 2;

/** Resolves when the role is told to drain. */
export function drained(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
