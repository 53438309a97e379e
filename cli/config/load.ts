/** Finds the config file and reads it. */

import { resolve } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { type Problems, quote } from "./problems.ts";

/** Bytes that a config file may have. */
export const FILE_BYTES_MAX = 1_000_000;

/** Where a file is looked for when nobody names one. */
export const DEFAULT_FILE = "config/config.ini";

/** A config file: its name as the user would write it, and what is in it. */
export interface ConfigText {
  /** Its name, as the user would write it. */
  readonly file: string;
  /** What is in it. */
  readonly text: string;
}

/** A file that the command line names. */
export interface NamedFile {
  /** By what it is named: `--config`, or `FILE` where it is an argument. */
  readonly where: string;
  /** Its name, as the user wrote it. */
  readonly file: string;
}

/**
 * The text of the file that the command line names, else `SMARTEYE_CONFIG`, else of
 * `config/config.ini` under `directory`. `undefined` where none is named and none is there, or after
 * a problem.
 */
export function loadText(
  onCommandLine: NamedFile | undefined,
  environment: Readonly<Record<string, string>>,
  directory: string,
  problems: Problems,
): ConfigText | undefined {
  const variable = environment["SMARTEYE_CONFIG"];
  const named = onCommandLine ??
    (variable ? { where: "SMARTEYE_CONFIG", file: variable } : undefined);
  const { where, file } = named ?? { where: DEFAULT_FILE, file: DEFAULT_FILE };
  const wrong = (found: string, wanted: string) => {
    problems.add({ where, found: `${found} ${quote(file)}`, wanted });
    return undefined;
  };

  let bytes: Uint8Array;
  try {
    const path = resolve(directory, file);
    if (Deno.statSync(path).isDirectory) return wrong("the directory", "a config file");
    bytes = readAtMost(path, FILE_BYTES_MAX + 1);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!isMissing) return wrong(`"${messageOf(error)}" for`, "a config file that can be read");
    if (named === undefined) return undefined;
    return wrong("no file", "a config file that exists");
  }
  if (bytes.length > FILE_BYTES_MAX) {
    return wrong(`more than ${FILE_BYTES_MAX} bytes in`, "a smaller config file");
  }
  try {
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return wrong("bytes that are not UTF-8 in", "a config file saved as UTF-8");
  }
}

/** Reads through a handle, since the size of a pipe or a device is not known beforehand. */
function readAtMost(path: string, bytesMax: number): Uint8Array {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(bytesMax);
  let length = 0;
  while (length < bytesMax) {
    const read = file.readSync(buffer.subarray(length));
    if (read === null || read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}
