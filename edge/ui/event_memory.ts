/** The events of a source's run, for a page: the latest are remembered, older ones are read from its files. */

import { join } from "node:path";
import type { EventEnd, EventState } from "../events/event_record.ts";
import type { Note } from "../scene/note.ts";
import { clipPath, snapshotPath } from "../sink/pictured.ts";
import { eventFilesOf, isAfter, lastLinesOf } from "./event_files.ts";

/** Events that are remembered. */
const REMEMBERED_MAX = 2000;

/** Bytes of files that are looked through for one page, at most, the latest: that there are older is told. */
const READ_MAX = 64 * 1024 * 1024;

/** What is shown of an event. */
export interface ShownEvent {
  /** Its name. */
  readonly id: string;
  /** The source. */
  readonly source: string;
  /** What it is, by all that was seen of it. */
  readonly label: string;
  /** When it was seen first; ISO 8601, UTC. */
  readonly startedAt: string;
  /** Seconds for which it was seen, so far. */
  readonly seconds: number;
  /** Whether it is still going on. */
  readonly isOpen: boolean;
  /** Zones that it was in, and lines that it crossed. */
  readonly zones: readonly string[];
  /** Rules that it met, also where that was not told. */
  readonly rules: readonly string[];
}

/** Which events are wanted. */
export interface EventFilter {
  /** Only of this label. */
  readonly label?: string;
  /** Only those that were in this zone, or crossed this line. */
  readonly zone?: string;
  /** Only those that met this rule. */
  readonly rule?: string;
  /** Only those that began at or after it, milliseconds since the Unix epoch. */
  readonly fromMs?: number;
  /** Only those that began before it. */
  readonly toMs?: number;
}

/** Some events of a source, the newest first. */
export interface FoundEvents {
  /** So many as were wanted, at most. */
  readonly events: readonly ShownEvent[];
  /** There is more than was looked through. */
  readonly isCut: boolean;
}

/** Whether a name can be an event's: nothing of it leads out of its directory. */
export function isEventId(id: string): boolean {
  return /^\d{8}T\d{9}Z-[\w.-]{1,100}-\d{1,12}$/.test(id) && !id.includes("..");
}

/** Whether an event is one of those wanted. */
export function isWanted(
  { label, zones, rules, startedAt }: ShownEvent,
  { label: wanted, zone, rule, fromMs = -Infinity, toMs = Infinity }: EventFilter,
): boolean {
  const atMs = Date.parse(startedAt);
  return (wanted === undefined || label === wanted) &&
    (zone === undefined || zones.includes(zone)) &&
    (rule === undefined || rules.includes(rule)) && atMs >= fromMs && atMs < toMs;
}

/** Remembers the events of one source. */
export class EventMemory {
  /** By their names, in the order in which they began. */
  readonly #events = new Map<string, ShownEvent>();
  readonly #labels = new Set<string>();
  #opened = 0;

  /** Remembers nothing yet. @param directory where the run's results go. */
  constructor(private readonly directory: string) {}

  /** How many began. */
  get opened(): number {
    return this.#opened;
  }

  /** What was seen. */
  get labels(): readonly string[] {
    return [...this.#labels].sort();
  }

  /** Hears what happened. */
  note(note: Note): void {
    if (note.event === "source" || note.id === null) return;
    const known = this.#events.get(note.id);
    if (note.event === "open" || note.event === "update" || note.event === "close") {
      if (!known && note.event === "open") this.#opened++;
      const shown = shownOf(note);
      this.#remember({
        ...shown,
        zones: joined(known?.zones ?? [], shown.zones),
        rules: joined(known?.rules ?? [], shown.rules),
      });
    } else if (known && note.event === "alert") {
      this.#remember({ ...known, rules: joined(known.rules, [note.rule]) });
    } else if (known && note.event !== "alert" && note.event !== "clip") {
      const place = "line" in note ? note.line : "zone" in note ? note.zone : undefined;
      if (place !== undefined) {
        this.#remember({ ...known, zones: joined(known.zones, [place]) });
      }
    }
  }

  /**
   * The newest events that are wanted, up to `count` of them.
   *
   * @throws {Error} Deno's, when a file with older ones cannot be read.
   */
  async find(filter: EventFilter, count: number): Promise<FoundEvents> {
    const remembered = [...this.#events.values()].reverse();
    const events = remembered.filter((event) => isWanted(event, filter)).slice(0, count);
    if (events.length >= count || this.#opened <= remembered.length) {
      return { events, isCut: false };
    }
    const older = await this.#older(filter, count - events.length, remembered.at(-1)!);
    return { events: [...events, ...older.events], isCut: older.isCut };
  }

  /** Where the picture of an event is; it may not be there. */
  snapshot(id: string): string {
    return join(this.directory, snapshotPath(id));
  }

  /** Where the clip of an event is, of the kind that its name ends with; it may not be there. */
  clip(id: string, ending: string): string {
    return join(this.directory, clipPath(id, 1, ending));
  }

  #remember(event: ShownEvent): void {
    this.#labels.add(event.label);
    this.#events.set(event.id, event);
    if (this.#events.size > REMEMBERED_MAX) this.#events.delete(this.#events.keys().next().value!);
  }

  /** Those that began before one that is remembered, out of the files. */
  async #older(filter: EventFilter, count: number, before: ShownEvent): Promise<FoundEvents> {
    let found: readonly ShownEvent[] = [];
    let room = READ_MAX;
    for (const file of await eventFilesOf(this.directory)) {
      const last = found[count - 1];
      if (last && isAfter(last.startedAt, file)) break;
      const more: ShownEvent[] = [];
      for await (const line of lastLinesOf(file, room)) {
        if (!line.includes('"event":"close"')) continue;
        const event = shownOf(JSON.parse(line) as EventEnd); // we wrote it
        if (event.id === "") continue;
        if (this.#events.has(event.id) || event.startedAt > before.startedAt) continue;
        if (!isWanted(event, filter)) continue;
        more.push(event);
        if (more.length > count) more.shift();
      }
      found = [...found, ...more.reverse()].sort(newestFirst).slice(0, count);
      room -= file.bytes;
      if (room < 0) return { events: found, isCut: true };
    }
    return { events: found, isCut: false };
  }
}

/** Which of two events comes first. */
export function newestFirst(a: ShownEvent, b: ShownEvent): number {
  return a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0;
}

function joined(some: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...some, ...more])];
}

function shownOf(note: EventState | EventEnd): ShownEvent {
  const { id, source, label, started_at, zones, at } = note;
  const isOpen = note.event !== "close";
  const seconds = "duration_s" in note
    ? note.duration_s
    : (Date.parse(at) - Date.parse(started_at)) / 1000;
  return {
    ...{ id: id ?? "", source, label, startedAt: started_at, isOpen },
    seconds: Math.max(0, seconds),
    zones: joined([], zones.map(({ zone }) => zone)),
    rules: "rules" in note ? note.rules ?? [] : [],
  };
}
