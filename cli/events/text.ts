/** What `smarteye events` and `smarteye search` say. */

import { closest } from "../../core/closest.ts";
import { localTime } from "../../core/time_name.ts";
import { table } from "../table.ts";
import type { EventQuery, Found, FoundEvent } from "./query.ts";

/** Labels that are told where nothing is found. */
const LABELS_MAX = 8;

/** A table of what was found, or what there is instead. */
export function foundText({ events, count, labels }: Found, query: EventQuery): string {
  if (events.length === 0) return nothingText(labels, query);
  const areTold = events.some(({ rules }) => rules.length > 0);
  const drawn = table(
    [
      ["seen", "left"],
      ["for", "right"],
      ["source", "left"],
      ["what", "left"],
      ["zones, lines", "left"],
      ...(areTold ? [["rules", "left"] as const] : []),
      ["event", "left"],
    ],
    events.map((event) => [
      localTime(new Date(event.startedMs)),
      spanText(event),
      event.source,
      event.label,
      event.zones.join(", "),
      ...(areTold ? [event.rules.join(", ")] : []),
      event.id,
    ]),
  );
  return count > events.length ? `${drawn}\nthe latest ${events.length} of ${count}` : drawn;
}

/** An event as a program reads it. */
export function plainEvent(event: FoundEvent) {
  const { id, source, label, trackId, startedMs, lastMs, isClosed, score, zones, rules } = event;
  return {
    ...{ id, source, label, track_id: trackId },
    started_at: new Date(startedMs).toISOString(),
    last_at: new Date(lastMs).toISOString(),
    ...{ state: isClosed ? "closed" : "open", score, zones, rules },
    clip: event.clip ?? null,
    snapshot: event.snapshot ?? null,
  };
}

function spanText({ startedMs, lastMs, isClosed }: FoundEvent): string {
  const seconds = (lastMs - startedMs) / 1000;
  const span = seconds < 60
    ? `${seconds.toFixed(1)} s`
    : seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return isClosed ? span : `${span} …`;
}

function nothingText(labels: Found["labels"], { label }: EventQuery): string {
  const known = Object.keys(labels);
  if (known.length === 0) return "no such event";
  const likely = label === undefined ? undefined : closest(label, known);
  const hint = likely === undefined ? "" : ` (did you mean ${likely}?)`;
  const shown = known.slice(0, LABELS_MAX).map((one) => `${one} ${labels[one]}`).join(", ");
  const more = known.length > LABELS_MAX ? ", …" : "";
  return `no such event${hint}; else there are: ${shown}${more}`;
}
