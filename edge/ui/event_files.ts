/** Lines of a run's events from its files: `events.jsonl`, and the parts that retention made of it. */

import { join } from "node:path";
import { partsOf } from "../run_files.ts";

/** The file that is written to, or an earlier part of it. */
export interface EventFile {
  /** Where it is. */
  readonly path: string;
  /** All of its events began before: UTC, as the file's name has it, which sorts by time. */
  readonly endedAt: string;
  /** 0 of one that went meanwhile. */
  readonly bytes: number;
}

const NAME = "events.jsonl";

/** The files of a run's directory, the latest first. Empty where there is none. */
export async function eventFilesOf(directory: string): Promise<readonly EventFile[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory)).catch(() => []);
  const parts = partsOf(NAME, entries.map(({ name }) => name)).toReversed();
  return await Promise.all([NAME, ...parts].map(async (name) => {
    const path = join(directory, name);
    const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
    const endedAt = name === NAME ? "9" : name.slice("events_".length, -".jsonl".length);
    return { path, endedAt, bytes: size };
  }));
}

/** Whether an event that began at that time, ISO 8601, may have begun later than all of a file. */
export function isAfter(startedAt: string, { endedAt }: EventFile): boolean {
  return startedAt.replaceAll(/[-:.]/g, "") >= endedAt;
}

/**
 * The whole lines of a file, of a longer one those at its end.
 *
 * @throws {Error} Deno's, when it is there and cannot be read.
 */
export async function* lastLinesOf(
  { path, bytes }: EventFile,
  bytesMax: number,
): AsyncGenerator<string> {
  if (bytes === 0) return;
  using file = await Deno.open(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined; // it went meanwhile
    throw error;
  });
  if (!file) return;
  // A byte earlier, so that a line that begins there is whole.
  const from = Math.max(0, bytes - bytesMax - 1);
  await file.seek(from, Deno.SeekMode.Start);
  let rest = "";
  let isTorn = from > 0;
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if (isTorn && lines.length > 0) {
      lines.shift();
      isTorn = false;
    }
    yield* lines;
  }
}
