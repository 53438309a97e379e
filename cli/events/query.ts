/** Which events are looked for, and what is told of one that is found. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import { eventsInDatabase } from "./in_database.ts";
import { eventsInLines } from "./in_lines.ts";

/** Which events are looked for: all that is given has to be so. */
export interface EventQuery {
  /** In sight at or after that, milliseconds since the Unix epoch. */
  readonly sinceMs?: number | undefined;
  /** In sight at or before that. */
  readonly untilMs?: number | undefined;
  /** What it is. */
  readonly label?: string | undefined;
  /** A zone that it was in, or a line that it crossed. */
  readonly zone?: string | undefined;
  /** The source's name. */
  readonly source?: string | undefined;
  /** So many at most: the latest. */
  readonly limit: number;
}

/** An event. Times are milliseconds since the Unix epoch. */
export interface FoundEvent {
  /** Its name. */
  readonly id: string;
  /** The source's. */
  readonly source: string;
  /** What it is. */
  readonly label: string;
  /** Number of its track. */
  readonly trackId: number;
  /** When it was seen first. */
  readonly startedMs: number;
  /** When it was seen last, as far as is told. */
  readonly lastMs: number;
  /** It is over. */
  readonly isClosed: boolean;
  /** Confidence in its best picture, 0 to 1. */
  readonly score: number;
  /** Zones that it was in, and lines that it crossed, each once, in that order. */
  readonly zones: readonly string[];
  /** Rules that it met and that were told, in that order. */
  readonly rules: readonly string[];
  /** Path of its clip; absent where there is none. */
  readonly clip?: string;
  /** Path of its picture; absent where there is none. */
  readonly snapshot?: string;
}

/** What is found. */
export interface Found {
  /** The latest first. */
  readonly events: readonly FoundEvent[];
  /** How many there are, those beyond the limit among them. */
  readonly count: number;
  /** How many there are of each label, whatever label is asked for. */
  readonly labels: Readonly<Record<string, number>>;
}

/**
 * Looks in a database, or in the directory of a run.
 *
 * @throws {SmarteyeError} `invalid_argument` where there is none, or nothing that can be read.
 */
export async function findEvents(place: string, query: EventQuery): Promise<Found> {
  if (!isDirectory(place)) return eventsInDatabase(place, query);
  const database = join(place, "results.sqlite");
  if (isThere(database)) return eventsInDatabase(database, query);
  const directories = [place, ...directoriesIn(place)]
    .filter((directory) => isThere(join(directory, "events.jsonl")));
  if (directories.length > 0) return await eventsInLines(directories, query);
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot find events in "${place}": it has neither results.sqlite nor events.jsonl; a database that ` +
      "a sink of kind sqlite wrote, or the directory of a run, is wanted",
  );
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function directoriesIn(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].filter((entry) => entry.isDirectory)
    .map(({ name }) => join(path, name)).sort();
}
