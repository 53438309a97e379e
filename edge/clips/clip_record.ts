/** The line of `events.jsonl` that says that a clip is there. */

/** A piece of the source's video that shows an event, as it was sent. */
export interface ClipRecord {
  /** It is written, and whole. */
  readonly event: "clip";
  /** The event's name. */
  readonly id: string;
  /** The source, as the run names it. */
  readonly source: string;
  /** Where it is, from the run's directory. */
  readonly clip: string;
  /** When its first frame was captured; ISO 8601, UTC. */
  readonly from: string;
  /** When its last one was; ISO 8601, UTC. */
  readonly to: string;
  /** Time of its first frame in the source, milliseconds. */
  readonly pts_ms: number;
  /** How long it lasts. */
  readonly seconds: number;
  /** Its size. */
  readonly bytes: number;
  /** Rules whose alerts it is of. */
  readonly rules: readonly string[];
  /** When it was whole; ISO 8601, UTC. */
  readonly at: string;
  /** Number of the latest frame of which results were there then. */
  readonly frame: number;
  /** Why there is less of it than is wanted, as a clause; absent where all of it is there. */
  readonly cut?: string;
}
