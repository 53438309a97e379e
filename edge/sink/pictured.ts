/** Which events have a picture, so that their lines can say where it is. */

import { EVENT_FILES } from "../run_files.ts";
import type { Note } from "../scene/note.ts";

/** Where the picture of an event is, from the run's directory. */
export function snapshotPath(id: string): string {
  return `${EVENT_FILES}/${id}.jpg`;
}

/** Where the clip of an event is, from the run's directory. @param n how many there are of it with this one */
export function clipPath(id: string, n: number, ending: string): string {
  return `${EVENT_FILES}/${id}${n > 1 ? `_${n}` : ""}.${ending}`;
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
    if (!(isState || event === "alert") || note.id === null || !this.#ids.has(note.id)) return note;
    if (event === "close") this.#ids.delete(note.id);
    return { ...note, snapshot: snapshotPath(note.id) };
  }
}
