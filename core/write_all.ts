/** Bytes to a stream that may be full for a moment, or gone. */

/** What is needed of stdout or stderr. */
export interface ByteStream {
  /** Writes some of the bytes; returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/** Milliseconds between two looks at a stream that is full. */
const FULL_MS = 5;

/**
 * What writes to `stream`, each time all bytes before it returns. Once the reader has gone (`smarteye
 * edge … | head`) the rest is lost without an error: the run's results matter more than its reader.
 */
export function writerTo(stream: ByteStream): (bytes: Uint8Array) => void {
  let isClosed = false;
  return (bytes) => {
    for (let written = 0; !isClosed && written < bytes.length;) {
      try {
        written += stream.writeSync(bytes.subarray(written));
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) isClosed = true;
        // A reader that shares its end as non-blocking: let it read for a moment.
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS);
      }
    }
  };
}
