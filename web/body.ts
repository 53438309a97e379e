/** Reads a request's body, at most so many bytes and for so long. */

import { concatBytes } from "../core/bytes.ts";
import { type Clock, OVER } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** Milliseconds after which a body has to come at its least rate, and between two looks at that. */
const RATE_LOOK_MS = 1000;

/**
 * Pieces that a body may come in, however small they are, and bytes that more of them have on average:
 * each costs as much time, be it one byte.
 */
const SMALL_PIECES_MAX = 4096, PIECE_BYTES_MIN = 64;

/** Bounds of one body. */
export interface BodyLimits {
  /** Bytes that the body may have. */
  readonly bytesMax: number;
  /** Milliseconds in which the whole body has to arrive. */
  readonly timeoutMs: number;
  /** Bytes a second that have to come on average, from a second on; any number unless said. */
  readonly bytesPerSecMin?: number;
  /** Called with the size of each piece as it comes. */
  readonly onBytes: (bytes: number) => void;
  /** Ends reading with its reason, wherever it is. */
  readonly signal?: AbortSignal;
}

/**
 * The bytes of a body. Stops reading at the first byte too many, so that never more than the limit
 * and one piece are held.
 *
 * @throws {SmarteyeError} `payload_too_large`, `request_timeout`, `cancelled` when the client went
 * away, or the signal's reason.
 */
export async function readBody(
  request: Request,
  limits: BodyLimits,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer>> {
  const claimed = Number(request.headers.get("content-length") ?? 0);
  if (claimed > limits.bytesMax) throw tooLarge(`${claimed}`, limits.bytesMax);
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const over = new AbortController();
  let failure: unknown;
  // Not cancelled: that would cut the connection, and the client would not hear why.
  const giveUp = (why: unknown) => {
    failure ??= why;
    reader.releaseLock();
  };
  limits.signal?.addEventListener("abort", () => giveUp(limits.signal!.reason), {
    signal: over.signal,
  });
  const pieces: Uint8Array[] = [];
  let length = 0;
  void overdue(limits, () => length, clock, over.signal).then((why) => why && giveUp(why));
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return concatBytes(pieces);
      length += next.value.length;
      limits.onBytes(next.value.length);
      if (length > limits.bytesMax) throw tooLarge(`more than ${limits.bytesMax}`, limits.bytesMax);
      pieces.push(next.value);
      const { length: count } = pieces;
      if (count > SMALL_PIECES_MAX && length < count * PIECE_BYTES_MIN) {
        throw tooSmall(count, length);
      }
    }
  } catch (error) {
    throw failure ?? (error instanceof SmarteyeError ? error : gone(error));
  } finally {
    over.abort(OVER);
    reader.releaseLock();
  }
}

/** Resolves with what is wrong when a body takes too long, or comes too slowly; with nothing when it is over. */
async function overdue(
  { timeoutMs, bytesPerSecMin = 0 }: BodyLimits,
  length: () => number,
  clock: Clock,
  signal: AbortSignal,
): Promise<SmarteyeError | undefined> {
  const beganAtMs = clock.nowMs();
  for (;;) {
    const tookMs = clock.nowMs() - beganAtMs;
    if (tookMs >= timeoutMs) return tooSlow(length(), tookMs, `all of it is wanted by then`);
    if (tookMs >= RATE_LOOK_MS && length() * 1000 < bytesPerSecMin * tookMs) {
      return tooSlow(length(), tookMs, `${bytesPerSecMin} bytes a second are wanted`);
    }
    const stepMs = bytesPerSecMin > 0 ? RATE_LOOK_MS : timeoutMs;
    await clock.sleep(Math.min(stepMs, timeoutMs - tookMs), signal);
    if (signal.aborted) return undefined;
  }
}

function gone(cause: unknown): SmarteyeError {
  return new SmarteyeError(
    "cancelled",
    `Cannot read the body: ${messageOf(cause)}, the client went away`,
    { cause },
  );
}

function tooLarge(found: string, bytesMax: number): SmarteyeError {
  return new SmarteyeError(
    "payload_too_large",
    `Cannot take the body: it has ${found} bytes, at most ${bytesMax} are wanted`,
  );
}

function tooSmall(pieces: number, length: number): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot take the body: its first ${length} bytes came in ${pieces} pieces, larger ones are wanted`,
  );
}

function tooSlow(length: number, tookMs: number, wanted: string): SmarteyeError {
  return new SmarteyeError(
    "request_timeout",
    `Cannot wait for the body: ${length} bytes came in ${Math.round(tookMs)} ms, ${wanted}`,
  );
}
