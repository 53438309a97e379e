/** What of events a sink hears that rules name: of those alone that met one of its rules. */

import type { AlertRecord, EventState } from "../../events/event_record.ts";
import type { Snapshot } from "../../events/event_book.ts";
import type { Note } from "../../scene/note.ts";
import type { FrameResult } from "../sink.ts";

/**
 * Lets through what is of a sink's rules. An event is unheard of until an alert: then it opens, as it is
 * by then, and all that follows is told to its close. What is known of an event goes with its close.
 */
export class RuleRoute {
  readonly #rules: ReadonlySet<string>;
  /** Events that the sink hears of. */
  readonly #heard = new Set<string>();
  /** Events that it has not heard of and that have a picture. */
  readonly #pictured = new Set<string>();

  /** Nothing has met a rule yet. @param rules names of those that name the sink */
  constructor(rules: Iterable<string>) {
    this.#rules = new Set(rules);
  }

  /** Events that something is known of. */
  get known(): number {
    return new Set([...this.#heard, ...this.#pictured]).size;
  }

  /** A frame's result as the sink is to have it: the frame itself is as it was. */
  resultOf(result: FrameResult): FrameResult {
    const { snapshots, notes } = result;
    const shown = snapshots.filter(({ id }) => {
      if (!this.#heard.has(id)) this.#pictured.add(id);
      return this.#heard.has(id);
    });
    const late: Snapshot[] = [];
    const told = notes.flatMap((note) => {
      const isNew = note.event === "alert" && !this.#heard.has(note.id);
      const told = this.notesOf(note);
      // The best picture is gone: this one is of the moment that matters.
      if (isNew && told.length > 0 && this.#pictured.delete(note.id)) late.push(pictureOf(note));
      return told;
    });
    return { ...result, notes: told, snapshots: [...shown, ...late] };
  }

  /** What the sink is to hear of what happened. */
  notesOf(note: Note): readonly Note[] {
    if (note.event === "source") return [note];
    if (note.event === "clip") {
      return note.rules.some((rule) => this.#rules.has(rule)) ? [note] : [];
    }
    const { id } = note;
    if (id === null) return [];
    if (note.event === "alert") {
      if (!this.#rules.has(note.rule)) return [];
      const isHeard = this.#heard.has(id);
      this.#heard.add(id);
      return isHeard ? [note] : [openedBy(note), note];
    }
    if (note.event !== "close") return this.#heard.has(id) ? [note] : [];
    this.#pictured.delete(id);
    return this.#heard.delete(id) ? [note] : [];
  }
}

function openedBy({ rule: _, zone: _z, line: _l, seconds: _s, score: _c, ...state }: AlertRecord) {
  return { ...state, event: "open" } satisfies EventState;
}

function pictureOf({ id, box, label, score }: AlertRecord): Snapshot {
  return { id, box, label, score };
}
