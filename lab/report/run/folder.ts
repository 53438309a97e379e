/** Which runs a directory has: its own, or one of each source below it. */

import { basename, join, resolve } from "node:path";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";

/** Files by which the directory of a run is known. */
const FILES = ["results.jsonl", "events.jsonl", "summary.json"] as const;

/** Entries that a message names. */
const SHOWN_MAX = 3;

/** The directory of one source's run. */
export interface RunFolder {
  /** Its own name. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
}

/** What was found. */
export interface FoundRuns {
  /** One, or those of several sources, by name. */
  readonly runs: readonly RunFolder[];
  /** Whether they are below the directory, a directory each. */
  readonly areBelow: boolean;
}

/**
 * Looks for runs.
 *
 * @throws {SmarteyeError} `invalid_argument` where there is no directory, or no run in it.
 */
export async function runsIn(directory: string): Promise<FoundRuns> {
  const entries = await entriesOf(directory);
  if (isRun(entries)) {
    const run = { name: basename(resolve(directory)), path: directory };
    return { runs: [run], areBelow: false };
  }
  const runs: RunFolder[] = [];
  for (const name of entries.filter(({ isFile }) => !isFile).map(({ name }) => name).sort()) {
    const path = join(directory, name);
    // What cannot be looked into is none of ours.
    if (isRun(await entriesOf(path).catch(() => []))) runs.push({ name, path });
  }
  if (runs.length > 0) return { runs, areBelow: true };
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot report on "${directory}": ${
      told(entries)
    }, the directory of a run of smarteye edge is ` +
      "wanted, with results.jsonl in it (of several sources: a directory of each)",
  );
}

function isRun(entries: readonly Deno.DirEntry[]): boolean {
  const names: readonly string[] = FILES;
  return entries.some(({ name, isFile }) => isFile && names.includes(name));
}

function told(entries: readonly Deno.DirEntry[]): string {
  if (entries.length === 0) return "it is empty";
  const names = entries.map(({ name }) => name).sort();
  const more = names.length > SHOWN_MAX ? ` and ${names.length - SHOWN_MAX} more` : "";
  return `it holds ${names.slice(0, SHOWN_MAX).join(", ")}${more}`;
}

async function entriesOf(directory: string): Promise<readonly Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory));
  } catch (cause) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot report on "${directory}": ${messageOf(cause)}, the directory of a run is wanted`,
      { cause },
    );
  }
}
