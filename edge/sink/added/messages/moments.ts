/** What of a run's results messages are made of, and which are wanted. */

import type { Note } from "../../../scene/note.ts";
import { Pictured } from "../../pictured.ts";
import type { FrameResult } from "../../sink.ts";
import { type EventMessage, messageOf, momentOf, pictureOf } from "./event_message.ts";

/** A message that is to be sent. */
export interface Outgoing {
  /** Without a picture. */
  readonly message: EventMessage;
  /** The event of which there is a picture; `undefined` where there is none. */
  readonly pictured: string | undefined;
}

/** Makes messages of what happens in one run, and knows of which events there are pictures. */
export class Moments {
  readonly #pictured = new Pictured();

  /** Knows of no pictures yet. @param what the moments that are wanted @param hasPictures whether the run keeps pictures of events */
  constructor(private readonly what: ReadonlySet<string>, private readonly hasPictures: boolean) {}

  /** Messages about what happened up to a frame. */
  of({ notes, snapshots }: Pick<FrameResult, "notes" | "snapshots">): readonly Outgoing[] {
    if (this.hasPictures) { for (const { id } of snapshots) this.#pictured.add(id); }
    return notes.flatMap((note) => this.ofNote(note));
  }

  /** The message about one note, if it is wanted. */
  ofNote(note: Note): readonly Outgoing[] {
    const id = pictureOf(note);
    const pictured = id !== undefined && this.#pictured.has(id) ? id : undefined;
    const line = this.#pictured.lineOf(note);
    const moment = momentOf(note);
    if (moment === undefined || !this.what.has(moment)) return [];
    return [{ message: messageOf(line), pictured }];
  }
}
