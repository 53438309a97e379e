/** What grows by rows, and can lose the oldest of them while it is written. */

/** Which rows go. */
export interface TrimLimits {
  /** Older ones, milliseconds since the Unix epoch; `-Infinity`: none. */
  readonly beforeMs: number;
  /** The same of events. */
  readonly eventsBeforeMs: number;
  /** The oldest ones, until no more bytes than that are used; absent: however many are. */
  readonly bytesMax?: number;
  /** What is newer stays in any case, milliseconds since the Unix epoch. */
  readonly newestMs: number;
}

/** A database that is open to be written. */
export interface Trimmable {
  /** Where it is. */
  readonly path: string;
  /** Bytes that it takes. */
  bytes(): Promise<number>;
  /**
   * Takes rows away, a few at a time, so that who writes meanwhile waits for milliseconds.
   *
   * @returns how many went.
   * @throws {SmarteyeError} when that is not possible.
   */
  trim(limits: TrimLimits, signal: AbortSignal): Promise<number>;
}
