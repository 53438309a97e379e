/** Events that a sink of kind sqlite stored. */

import type { SQLInputValue } from "node:sqlite";
import { join } from "node:path";
import { openToRead } from "../../edge/sink/added/sqlite/open_database.ts";
import type { EventQuery, Found, FoundEvent } from "./query.ts";

/** What a query asks for → how it is asked of the tables. */
const CONDITIONS = {
  sinceMs: "coalesce(events.ended_ms, events.last_ms) >= ?",
  untilMs: "events.started_ms <= ?",
  source: "sources.name = ?",
  zone: `(EXISTS (SELECT 1 FROM stays
    WHERE stays.run_id = events.run_id AND event_id = events.id AND zone = ?1z) OR
    EXISTS (SELECT 1 FROM crossings
    WHERE crossings.run_id = events.run_id AND event_id = events.id AND line = ?1z))`,
  label: "events.label = ?",
} as const;

const FROM = `FROM events JOIN runs ON runs.id = events.run_id
  JOIN sources ON sources.id = runs.source_id`;

/** Where an event was, in the order in which it came there. */
const PLACES = `(SELECT json_group_array(name) FROM (
  SELECT name, min(at_ms) AS first_ms FROM (
    SELECT zone AS name, entered_ms AS at_ms FROM stays
    WHERE stays.run_id = events.run_id AND event_id = events.id
    UNION ALL SELECT line, at_ms FROM crossings
    WHERE crossings.run_id = events.run_id AND event_id = events.id
  ) GROUP BY name ORDER BY first_ms))`;

/** A text of what alerts and clips tell of an event. Its own time finds its lines: there may be many others. */
const TOLD = (event: "alert" | "clip", field: string, whole: string, until = "") =>
  `(SELECT ${whole} FROM (SELECT json_extract(note, '$.${field}') AS told FROM notes
    WHERE notes.at_ms >= events.started_ms ${until} AND notes.run_id = events.run_id AND
      notes.event = '${event}' AND event_id = events.id ORDER BY notes.id))`;

const RULES = TOLD(
  "alert",
  "rule",
  "json_group_array(told)",
  "AND notes.at_ms <= coalesce(events.ended_ms, events.last_ms) + 60000",
);
const CLIP = TOLD("clip", "clip", "max(told)", "AND notes.at_ms <= events.last_ms + 600000");

/** Asks a database. @throws {SmarteyeError} where it cannot be read. */
export function eventsInDatabase(path: string, query: EventQuery): Found {
  using database = openToRead(path);
  const keys = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[])
    .filter((key) => query[key] !== undefined);
  const where = (keys: readonly (keyof typeof CONDITIONS)[]) => {
    const values: SQLInputValue[] = [];
    const conditions = keys.map((key) => {
      const sql = CONDITIONS[key].replaceAll("?1z", "?");
      for (const _ of sql.matchAll(/\?/g)) values.push(query[key]!);
      return sql;
    });
    return { sql: conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "", values };
  };
  const all = where(keys);
  const rows = database.prepare(
    `SELECT events.*, sources.name AS source, runs.directory, ${PLACES} AS places,
       ${RULES} AS rules, ${CLIP} AS clip
     ${FROM} ${all.sql} ORDER BY events.started_ms DESC, events.id DESC LIMIT ?`,
  ).all(...all.values, query.limit);
  const counted = database.prepare(`SELECT count(*) AS n ${FROM} ${all.sql}`).get(...all.values)!;
  const others = where(keys.filter((key) => key !== "label"));
  const labels = database.prepare(
    `SELECT events.label, count(*) AS n ${FROM} ${others.sql} GROUP BY events.label
     ORDER BY n DESC, events.label`,
  ).all(...others.values);
  return {
    events: rows.map(eventOf),
    count: Number(counted.n),
    labels: Object.fromEntries(labels.map(({ label, n }) => [String(label), Number(n)])),
  };
}

function eventOf(row: Readonly<Record<string, unknown>>): FoundEvent {
  const { snapshot, clip, directory } = row;
  return {
    ...{ id: String(row.id), source: String(row.source), label: String(row.label) },
    trackId: Number(row.track_id),
    startedMs: Number(row.started_ms),
    lastMs: Number(row.ended_ms ?? row.last_ms),
    isClosed: row.state === "closed",
    score: Number(row.best_score),
    zones: JSON.parse(String(row.places)),
    rules: JSON.parse(String(row.rules)),
    ...(clip === null ? {} : { clip: join(String(directory), String(clip)) }),
    ...(snapshot === null ? {} : { snapshot: join(String(directory), String(snapshot)) }),
  };
}
