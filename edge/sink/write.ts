/** Files that are whole or not there, and what is said when one cannot be written. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";

/** Behind the name of a file that is being written. */
const PART = ".part";

/** Where a file is written before it has its own name: in the same directory, so that it can be renamed. */
export function partOf(path: string): string {
  return path + PART;
}

/**
 * Writes a file under another name and renames it: under its own it is whole or not there, whenever
 * the process or the disk ends. A file that was there is replaced. One at a time may write a path.
 *
 * @throws {SmarteyeError} when it cannot be written; what there was of it is taken away.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = partOf(path);
  try {
    await Deno.writeFile(part, bytes);
    await Deno.rename(part, path);
  } catch (cause) {
    await Deno.remove(part).catch(() => {}); // why it cannot be written is what matters
    throw cannotWrite(path, cause);
  }
}

/** The error of a file or directory that cannot be written: no space, no permission, no such place. */
export function cannotWrite(path: string, cause: unknown): SmarteyeError {
  return new SmarteyeError(
    "failed_precondition",
    `Cannot write "${path}": ${
      messageOf(cause)
    }; a directory with room that may be written is wanted`,
    { cause },
  );
}
