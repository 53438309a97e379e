/** The two streams that the program writes to. */

import { redact } from "../core/redact.ts";
import { type ByteStream, writerTo } from "../core/write_all.ts";

/** Where text goes. */
export interface Output {
  /** Writes text as it stands; lost without an error once the reader has gone. */
  write(text: string): void;
  /** Whether a person watches. */
  readonly isTerminal: boolean;
  /** Characters that fit on a line. */
  columns(): number;
}

/** What is needed of stdout or stderr. */
export interface OutputStream extends ByteStream {
  /** Whether a person watches. */
  isTerminal(): boolean;
}

/**
 * stdout or stderr, written at once so that nothing is left behind when the program exits. No
 * password gets through.
 */
export function streamOutput(stream: OutputStream): Output {
  const encoder = new TextEncoder();
  const writeAll = writerTo(stream);
  return {
    write: (text) => writeAll(encoder.encode(redact(text))),
    get isTerminal() {
      return stream.isTerminal();
    },
    columns() {
      try {
        return Deno.consoleSize().columns || 80;
      } catch {
        return 80; // no terminal to ask
      }
    },
  };
}
