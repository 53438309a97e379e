/** JSON Lines, read a line at a time. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** A line and what it says. */
export interface JsonLine {
  /** From 1. */
  readonly number: number;
  /** As JSON has it. */
  readonly value: unknown;
}

/**
 * The lines of a file, in order; empty ones are passed over.
 *
 * @param what the file is, in the plural, for errors: `labels`.
 * @throws {SmarteyeError} `invalid_argument` when it cannot be read, or a line is not JSON.
 */
export async function* readFileLines(path: string, what: string): AsyncGenerator<JsonLine> {
  const refuse = (found: string, cause?: unknown) =>
    new SmarteyeError("invalid_argument", `Cannot read the ${what} "${path}": ${found}`, { cause });
  let number = 0;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (cause) {
        throw refuse(`line ${number} is not JSON (${messageOf(cause)})`, cause);
      }
      yield { number, value };
    }
  } catch (error) {
    throw error instanceof SmarteyeError ? error : refuse(messageOf(error), error);
  } finally {
    lines.close();
  }
}
