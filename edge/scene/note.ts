/** What happens beside the frames, and where it is told. */

import type { ClipRecord } from "../clips/clip_record.ts";
import type { EventRecord, LineRecord, StayRecord } from "../events/event_record.ts";
import type { SourceEventRecord } from "../record.ts";

/** To the source, or in the scene: as `events.jsonl` tells it. */
export type Note = SourceEventRecord | EventRecord | ClipRecord;

/** Something crossed a line, as `results.jsonl` tells it: `line` is the name of that line there. */
export type CrossRecord = Omit<LineRecord, "event"> & {
  /** It crossed. */
  readonly event: "cross";
};

/** A line of `results.jsonl` that is about no frame. */
export type ResultNote = SourceEventRecord | StayRecord | CrossRecord;

/** The line of `results.jsonl`; `undefined` of what is about one thing's event alone. */
export function resultNoteOf(note: Note): ResultNote | undefined {
  switch (note.event) {
    case "open":
    case "update":
    case "close":
    case "alert":
    case "clip":
      return undefined;
    case "line":
      return { ...note, event: "cross" };
    default:
      return note;
  }
}
