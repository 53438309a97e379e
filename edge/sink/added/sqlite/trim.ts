/** Takes the oldest rows out of a results database, so few at a time that who writes hardly waits. */

import type { DatabaseSync } from "node:sqlite";
import type { TrimLimits } from "../../../retention/trimmable.ts";

/** What one step did. */
export interface Trimmed {
  /** Rows that went. */
  readonly rows: number;
  /** Nothing is left to do. */
  readonly isDone: boolean;
}

/** Pages that one step gives back to the disk. */
const PAGES = 256;

/** `PRAGMA auto_vacuum` of a file that can give pages back: one that was made with it. */
const INCREMENTAL = 2;

const FRAMES = "SELECT id FROM frames WHERE at_ms < ? ORDER BY at_ms, id LIMIT ?";

/** In this order: a frame has rows that name it. `?` are the time and how many rows are looked at. */
const OF_FRAMES = [
  `DELETE FROM detections WHERE frame_id IN (${FRAMES})`,
  `DELETE FROM classifications WHERE frame_id IN (${FRAMES})`,
  `DELETE FROM frames WHERE id IN (${FRAMES})`,
  // The first rows are the oldest: no index is needed to find them.
  `DELETE FROM tracks WHERE (run_id, track_id) IN (SELECT run_id, track_id FROM
    (SELECT run_id, track_id, last_ms FROM tracks ORDER BY run_id, track_id LIMIT ?2)
    WHERE last_ms < ?1)`,
];
const OF_EVENTS = [
  `DELETE FROM events WHERE (run_id, id) IN (SELECT run_id, id FROM events
    WHERE started_ms < ?1 AND coalesce(ended_ms, last_ms) < ?1 ORDER BY started_ms LIMIT ?2)`,
  `DELETE FROM stays WHERE id IN (SELECT id FROM (SELECT * FROM stays ORDER BY id LIMIT ?2)
    WHERE coalesce(left_ms, entered_ms) < ?1)`,
  `DELETE FROM crossings WHERE id IN (SELECT id FROM (SELECT * FROM crossings ORDER BY id LIMIT ?2)
    WHERE at_ms < ?1)`,
  "DELETE FROM notes WHERE id IN (SELECT id FROM notes WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)",
];

/**
 * One step: of each table so many rows at most, all of them or none; where none has to go any more, pages
 * that are free go back to the disk.
 *
 * @throws {Error} SQLite's.
 */
export function trimStep(database: DatabaseSync, limits: TrimLimits, rowsMax: number): Trimmed {
  const { beforeMs, eventsBeforeMs, bytesMax = Infinity, newestMs } = limits;
  const old = remove(database, [[OF_FRAMES, beforeMs], [OF_EVENTS, eventsBeforeMs]], rowsMax);
  if (old > 0) return { rows: old, isDone: false };
  if (usedBytes(database) > bytesMax) {
    const rows = remove(database, [[OF_FRAMES, newestMs]], rowsMax) ||
      remove(database, [[OF_EVENTS, newestMs]], rowsMax);
    if (rows > 0) return { rows, isDone: false };
  }
  return { rows: 0, isDone: givePagesBack(database) };
}

function remove(
  database: DatabaseSync,
  what: readonly (readonly [statements: readonly string[], beforeMs: number])[],
  rowsMax: number,
): number {
  let rows = 0;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const [statements, beforeMs] of what) {
      if (beforeMs === -Infinity) continue;
      for (const sql of statements) {
        rows += Number(database.prepare(sql).run(beforeMs, rowsMax).changes);
      }
    }
    database.exec("COMMIT");
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch { /* it has been rolled back: a full disk does that by itself */ }
    throw error;
  }
  return rows;
}

/** Whether none is left that could be. */
function givePagesBack(database: DatabaseSync): boolean {
  if (numberOf(database, "auto_vacuum") !== INCREMENTAL) return true;
  if (numberOf(database, "freelist_count") === 0) return true;
  database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
  const isDone = numberOf(database, "freelist_count") === 0;
  // The file itself ends where it does when the log has been brought into it.
  if (isDone) database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  return isDone;
}

function usedBytes(database: DatabaseSync): number {
  const pages = numberOf(database, "page_count") - numberOf(database, "freelist_count");
  return pages * numberOf(database, "page_size");
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
}
