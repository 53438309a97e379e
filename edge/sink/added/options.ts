/** Sinks beside a run's own files, as they are set: resolved and checked. */

import type { SinkKindName } from "./kinds.ts";
import type { VideoOptions } from "./video/options.ts";

/** One sink that results go to, too. */
export interface SinkOptions {
  /** Tells it from the others, in the summary, in metrics and in the log. */
  readonly name: string;
  /** What it is. */
  readonly kind: SinkKindName;
  /** The path of a file; absent: the kind's own place in the run's directory. */
  readonly where?: string | undefined;
  /** What of the results it is for, of those that its kind tells apart; empty: all. */
  readonly what: readonly string[];
  /** Results that may wait for it. */
  readonly queueLengthMax: number;
  /** Names of the sources whose results it is for; empty: all. */
  readonly sources: readonly string[];
  /** How it writes video; absent: as where nothing is said. */
  readonly video?: VideoOptions;
}
