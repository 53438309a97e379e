/** The two streams that the program writes to. */

import { redact } from "../core/redact.ts";

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
export interface OutputStream {
  /** Writes some of the bytes; returns how many. */
  writeSync(bytes: Uint8Array): number;
  /** Whether a person watches. */
  isTerminal(): boolean;
}

/**
 * stdout or stderr, written at once so that nothing is left behind when the program exits. No
 * password gets through. A pipe that its reader has closed (`smarteye edge … | head`) swallows the
 * rest: the run's results matter more than its reader.
 */
export function streamOutput(stream: OutputStream): Output {
  const encoder = new TextEncoder();
  let isClosed = false;
  return {
    write(text) {
      const bytes = encoder.encode(redact(text));
      for (let written = 0; !isClosed && written < bytes.length;) {
        try {
          written += stream.writeSync(bytes.subarray(written));
        } catch (error) {
          if (!(error instanceof Deno.errors.WouldBlock)) isClosed = true;
          // A reader that shares its end as non-blocking: let it read for a moment.
          else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        }
      }
    },
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
