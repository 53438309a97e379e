/** Events that runs wrote into their `events.jsonl`. */

import { join } from "node:path";
import { logger } from "../../core/log.ts";
import type { EventState } from "../../edge/events/event_record.ts";
import type { Note } from "../../edge/scene/note.ts";
import { readLinesOf } from "../../lab/report/run/lines.ts";
import type { EventQuery, Found, FoundEvent } from "./query.ts";

const log = logger("events");

/** Reads the files of some directories. */
export async function eventsInLines(
  directories: readonly string[],
  query: EventQuery,
): Promise<Found> {
  const all: FoundEvent[] = [];
  for (const directory of directories) all.push(...await eventsOf(directory));
  const meant = all.filter((event) => isMeant(event, query));
  const labels = new Map<string, number>();
  for (const { label } of meant) labels.set(label, (labels.get(label) ?? 0) + 1);
  const found = meant.filter(({ label }) => query.label === undefined || label === query.label)
    .sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? 1 : -1));
  return {
    events: found.slice(0, query.limit),
    count: found.length,
    labels: Object.fromEntries([...labels].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
  };
}

/** Each event by its last line, with the zones and lines that lines of others tell. */
async function eventsOf(directory: string): Promise<readonly FoundEvent[]> {
  const path = join(directory, "events.jsonl");
  const events = new Map<string, FoundEvent>();
  const zones = new Map<string, Set<string>>();
  const rules = new Map<string, string[]>();
  const clips = new Map<string, string>();
  const read = await readLinesOf(directory, "events.jsonl", (line) => {
    const note = line as unknown as Note;
    if (note.event === "source" || note.id === null) return;
    const { id } = note;
    if (note.event === "alert") rules.set(id, [...rules.get(id) ?? [], note.rule]);
    if (note.event === "clip") clips.set(id, join(directory, note.clip));
    if (note.event === "alert" || note.event === "clip") return;
    const own = zones.get(id) ?? new Set();
    zones.set(id, own);
    if ("zone" in note) own.add(note.zone);
    else if ("line" in note) own.add(note.line);
    else events.set(id, eventOf(note, directory));
  });
  const { unreadable = 0 } = read ?? {}; // half a line may be at its end
  if (unreadable > 0) log.warn("{n} lines of {path} cannot be read", { n: unreadable, path });
  return [...events.values()].map((event) => {
    const clip = clips.get(event.id);
    return {
      ...event,
      zones: [...zones.get(event.id)!],
      rules: rules.get(event.id) ?? [],
      ...(clip === undefined ? {} : { clip }),
    };
  });
}

function eventOf(note: EventState, directory: string): FoundEvent {
  const { id, source, label, track_id, started_at, at, best, snapshot } = note;
  const endedAt = "ended_at" in note ? String(note.ended_at) : undefined;
  return {
    ...{ id: id!, source, label, trackId: track_id },
    startedMs: Date.parse(started_at),
    lastMs: Date.parse(endedAt ?? at),
    isClosed: endedAt !== undefined,
    ...{ score: best.score, zones: [], rules: [] },
    ...(snapshot === undefined ? {} : { snapshot: join(directory, snapshot) }),
  };
}

function isMeant(
  { startedMs, lastMs, source, zones }: FoundEvent,
  query: EventQuery,
): boolean {
  const { sinceMs = -Infinity, untilMs = Infinity } = query;
  return lastMs >= sinceMs && startedMs <= untilMs &&
    (query.source === undefined || source === query.source) &&
    (query.zone === undefined || zones.includes(query.zone));
}
