/** Lines of a run that may have been killed in the middle of one. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";
import { partsOf } from "../../../edge/run_files.ts";

/** How a file could be read. */
export interface LinesRead {
  /** Lines that are no object in JSON, the last one apart. */
  readonly unreadable: number;
  /** Whether the last one is half a line. */
  readonly isTorn: boolean;
}

/**
 * Reads a file of lines of a run, and before it the earlier parts that retention made of it.
 *
 * @param take is given each line that is an object.
 * @returns `undefined` where there is none of them.
 * @throws {SmarteyeError} `failed_precondition` when one is there and cannot be read.
 */
export async function readLinesOf(
  directory: string,
  name: string,
  take: (line: Readonly<Record<string, unknown>>) => void,
): Promise<LinesRead | undefined> {
  let [unreadable, isTorn, isThere] = [0, false, false];
  for (const path of await partsIn(directory, name)) {
    const read = await readLines(join(directory, path), take);
    if (!read) continue; // it went meanwhile
    isThere = true;
    unreadable += read.unreadable + (isTorn ? 1 : 0);
    isTorn = read.isTorn;
  }
  return isThere ? { unreadable, isTorn } : undefined;
}

async function partsIn(directory: string, name: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory)).catch(() => []);
  return [...partsOf(name, entries.map((entry) => entry.name)), name];
}

/**
 * Reads a file of lines of JSON, one line at a time, however long it is.
 *
 * @param take is given each line that is an object.
 * @returns `undefined` where there is no such file.
 * @throws {SmarteyeError} `failed_precondition` when it is there and cannot be read.
 */
async function readLines(
  path: string,
  take: (line: Readonly<Record<string, unknown>>) => void,
): Promise<LinesRead | undefined> {
  let [bad, isLastBad] = [0, false];
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  try {
    for await (const line of lines) {
      if (line.trim() === "") continue;
      const value = objectOf(line);
      isLastBad = value === undefined;
      if (value) take(value);
      else bad++;
    }
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") return undefined;
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot read "${path}": ${messageOf(cause)}; a file that may be read is wanted`,
      { cause },
    );
  } finally {
    lines.close();
  }
  return { unreadable: bad - (isLastBad ? 1 : 0), isTorn: isLastBad };
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined; // it is counted
  }
}
