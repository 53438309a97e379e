/** The place that a config is resolved in. */

/** What options depend on besides the settings. */
export interface Surroundings {
  /** The current directory, which relative paths start from. */
  readonly directory: string;
  /** Processor cores. */
  readonly cores: number;
  /** Milliseconds since the Unix epoch at which the program started. */
  readonly startedAtMs: number;
  /** What the machine is called, where that may be asked. */
  readonly hostName?: string | undefined;
}
