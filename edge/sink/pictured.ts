/** Which events have a picture, so that their lines can say where it is. */

import type { Note } from "../scene/note.ts";

/** The directory of the pictures, in that of the run. */
export const SNAPSHOTS = "events";

/** Where the picture of an event is, from the run's directory. */
export function snapshotPath(id: string): string {
  return `${SNAPSHOTS}/${id}.jpg`;
}

/** Knows of which events a picture was taken, while they are open. */
export class Pictured {
  readonly #ids = new Set<string>();

  /** A picture of that event was taken. */
  add(id: string): void {
    this.#ids.add(id);
  }

  /** Whether a picture of that event was taken; no more once its last line was asked for. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The line of what happened, with the place of its picture, if there is one. */
  lineOf(note: Note): Note {
    const { event } = note;
    const isState = event === "open" || event === "update" || event === "close";
    if (!isState || note.id === null || !this.#ids.has(note.id)) return note;
    if (event === "close") this.#ids.delete(note.id);
    return { ...note, snapshot: snapshotPath(note.id) };
  }
}
