/** What happened, as a message of JSON: what a webhook posts, and NATS keeps. */

import { createHash } from "node:crypto";
import type { Note } from "../../../scene/note.ts";

/** What a message is about, as settings name it. */
export type Moment =
  | "open"
  | "update"
  | "close"
  | "alerts"
  | "clips"
  | "zones"
  | "lines"
  | "source";

/** A picture of the thing, in the JSON. */
export interface InlineImage {
  /** Always of JPEG. */
  readonly content_type: "image/jpeg";
  /** Base64. */
  readonly data: string;
}

/** A message. */
export interface EventMessage {
  /** The same of the same happening, however often it is sent; of no other. */
  readonly id: string;
  /** What happened: `event.open`, `zone.enter`, `line.cross`, `source.live` … */
  readonly type: string;
  /** When; ISO 8601, UTC. */
  readonly timestamp: string;
  /** As the run names it. */
  readonly source: string;
  /** The line of `events.jsonl`. */
  readonly data: Note;
  /** The best picture of the thing so far; absent where none is wanted, or there is none. */
  readonly image?: InlineImage;
}

/** What a note is about; `undefined` where nobody is told of that. */
export function momentOf(note: Note): Moment | undefined {
  switch (note.event) {
    case "open":
    case "update":
    case "close":
      return note.event;
    case "enter":
    case "leave":
    case "loiter":
      return "zones";
    case "line":
      return "lines";
    case "alert":
      return "alerts";
    case "clip":
      return "clips";
    case "source":
      return note.state === "connecting" ? undefined : "source";
    default:
      return unknown(note);
  }
}

/** The message about a note. */
export function messageOf(note: Note): EventMessage {
  const { source, at } = note;
  return { id: idOf(note), type: typeOf(note), timestamp: at, source, data: note };
}

/** The event whose picture shows what a note is about; `undefined` where there is none. */
export function pictureOf(note: Note): string | undefined {
  switch (note.event) {
    case "open":
    case "update":
    case "close":
    case "enter":
    case "leave":
    case "loiter":
    case "line":
    case "alert":
    case "clip":
      return note.id ?? undefined;
    case "source":
      return undefined;
    default:
      return unknown(note);
  }
}

/** A picture in JSON. */
export function inlineImage(jpeg: Uint8Array): InlineImage {
  return { content_type: "image/jpeg", data: jpeg.toBase64() };
}

function typeOf(note: Note): string {
  switch (note.event) {
    case "open":
    case "update":
    case "close":
    case "alert":
    case "clip":
      return `event.${note.event}`;
    case "enter":
    case "leave":
    case "loiter":
      return `zone.${note.event}`;
    case "line":
      return "line.cross";
    case "source":
      return `source.${note.state}`;
    default:
      return unknown(note);
  }
}

/** By what tells happenings apart: the source, when it was, who, and what they did where. */
function idOf(note: Note): string {
  const who = "track_id" in note ? [note.id, note.track_id] : "";
  const told = [note.source, typeOf(note), note.at, note.frame, who, whatOf(note)];
  return `msg_${createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 32)}`;
}

/** What tells apart what one thing does in one frame. */
function whatOf(note: Note): unknown {
  switch (note.event) {
    case "alert":
      return note.rule;
    case "clip":
      return note.clip;
    case "line":
      return [note.line, note.direction];
    default:
      return "zone" in note ? note.zone : "";
  }
}

function unknown(note: never): never {
  throw new Error(`there is no message about ${JSON.stringify(note)}`);
}
