/** Events that runs wrote into their `events.jsonl`. */

import { join } from "node:path";
import type { EventState } from "../../edge/events/event_record.ts";
import type { Note } from "../../edge/scene/note.ts";
import type { EventQuery, Found, FoundEvent } from "./query.ts";

/** Reads the files of some directories. */
export async function eventsInLines(
  directories: readonly string[],
  query: EventQuery,
): Promise<Found> {
  const all: FoundEvent[] = [];
  for (const directory of directories) {
    all.push(...eventsOf(await Deno.readTextFile(join(directory, "events.jsonl")), directory));
  }
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
function eventsOf(text: string, directory: string): readonly FoundEvent[] {
  const events = new Map<string, FoundEvent>();
  const zones = new Map<string, Set<string>>();
  for (const line of text.split("\n").slice(0, -1)) { // half a line may be at its end
    const note: Note = JSON.parse(line);
    if (note.event === "source" || note.id === null) continue;
    const { id } = note;
    const own = zones.get(id) ?? new Set();
    zones.set(id, own);
    if ("zone" in note) own.add(note.zone);
    else if ("line" in note) own.add(note.line);
    else events.set(id, eventOf(note, directory));
  }
  return [...events.values()].map((event) => ({ ...event, zones: [...zones.get(event.id)!] }));
}

function eventOf(note: EventState, directory: string): FoundEvent {
  const { id, source, label, track_id, started_at, at, best, snapshot } = note;
  const endedAt = "ended_at" in note ? String(note.ended_at) : undefined;
  return {
    ...{ id: id!, source, label, trackId: track_id },
    startedMs: Date.parse(started_at),
    lastMs: Date.parse(endedAt ?? at),
    isClosed: endedAt !== undefined,
    ...{ score: best.score, zones: [] },
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
