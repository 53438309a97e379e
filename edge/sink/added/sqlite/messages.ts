/** What the run and the thread that writes the database say to each other. */

import type { FrameRecord } from "../../../record.ts";
import type { TrimLimits } from "../../../retention/trimmable.ts";
import type { Note } from "../../../scene/note.ts";
import type { Trimmed } from "./trim.ts";

/** What is stored of a run before its first frame. */
export interface BegunRun {
  /** The source's name. */
  readonly source: string;
  /** What is read; without a password. */
  readonly input: string;
  /** Where its own files go; absolute. */
  readonly directory: string;
  /** The control policy's name. */
  readonly policy: string;
  /** Of all that is left to chance in it. */
  readonly seed: number;
  /** When it began, milliseconds since the Unix epoch. */
  readonly startedMs: number;
}

/** What is stored of a frame, or of what happened beside the frames. */
export interface StoredItem {
  /** Absent where frames are not stored, or it is about none. */
  readonly record?: FrameRecord;
  /** What happened, in order. */
  readonly notes: readonly Note[];
}

/** What is asked of the thread. */
export type Request =
  | { readonly ask: "open"; readonly path: string }
  | { readonly ask: "begin"; readonly run: BegunRun }
  | { readonly ask: "write"; readonly runId: number; readonly items: readonly StoredItem[] }
  | {
    readonly ask: "end";
    readonly runId: number;
    /** When it ended, milliseconds since the Unix epoch. */
    readonly endedMs: number;
    /** JSON. */
    readonly summary: string | null;
  }
  | {
    readonly ask: "trim";
    readonly limits: TrimLimits;
    /** Rows of each table that go at most. */
    readonly rowsMax: number;
  }
  | { readonly ask: "close" };

/** A question with its number. */
export interface Asked {
  /** Of the question. */
  readonly id: number;
  /** What is wanted. */
  readonly request: Request;
}

/** What it answers. */
export interface Answered {
  /** Of the question. */
  readonly id: number;
  /** The id of a run that begins; else absent. */
  readonly runId?: number;
  /** What a step of trimming did; else absent. */
  readonly trimmed?: Trimmed;
  /** Why it could not be done. */
  readonly error?: string;
}
