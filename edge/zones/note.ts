/** What zones and lines tell: that something entered, stayed, left or crossed. */

import type { Box } from "../../core/detection.ts";

/** What every note says. */
export interface ThingNote {
  /** Number of the track. */
  readonly track_id: number;
  /** What it is, by all that was seen of it. */
  readonly label: string;
  /** Number of the frame in which it became sure. */
  readonly frame: number;
  /** When that frame was captured, milliseconds since the Unix epoch. */
  readonly wallMs: number;
  /** Where it was seen last, in pixels of its frame. */
  readonly box: Box;
}

/** Something entered a zone, stayed long in it, or left it. */
export interface StayNote extends ThingNote {
  /** What it did. `loiter` is told once a stay. */
  readonly event: "enter" | "leave" | "loiter";
  /** The zone. */
  readonly zone: string;
  /** When it was seen in it first, milliseconds since the Unix epoch. */
  readonly startedWallMs: number;
  /** How long it has been in it, in time of the source; of `leave`, until it was seen outside or not any more. */
  readonly dwellMs: number;
  /** When that was, milliseconds since the Unix epoch: of `leave`, when it left. */
  readonly untilWallMs: number;
  /** Its track ended there: nobody saw it leave. Of `leave` only. */
  readonly ended?: true;
  /** Number of the track that it was taken for until now, in the same stay. Of `enter` only. */
  readonly continues?: number;
}

/** How often a line was crossed. */
export interface LineCounts {
  /** From left to right. */
  readonly in: number;
  /** From right to left. */
  readonly out: number;
}

/** Something crossed a line. */
export interface CrossNote extends ThingNote {
  /** What it did. */
  readonly event: "cross";
  /** The line. */
  readonly line: string;
  /** `in`: from the left of who looks from the line's first point to its second to the right. */
  readonly direction: "in" | "out";
  /** How often the line was crossed so far, this one among them. */
  readonly counts: LineCounts;
}

/** What a zone or a line tells. */
export type ZoneNote = StayNote | CrossNote;
