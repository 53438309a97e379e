/** Reads a request's body, at most so many bytes and for so long. */

import { concatBytes } from "../core/bytes.ts";
import { type Clock, OVER } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** Milliseconds after which a body has to come at its least rate, and between two looks at that. */
const RATE_LOOK_MS = 1000;

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
  const read = new AbortController();
  let length = 0;
  const late = overdue(limits, () => length, clock, read.signal);
  const given = limits.signal ? [aborted(limits.signal)] : [];
  try {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const next = await Promise.race([reader.read().catch(gone), late, ...given]);
      if (next instanceof Error) throw next;
      if (next.done) return concatBytes(pieces);
      length += next.value.length;
      limits.onBytes(next.value.length);
      if (length > limits.bytesMax) throw tooLarge(`more than ${limits.bytesMax}`, limits.bytesMax);
      pieces.push(next.value);
    }
  } finally {
    read.abort(OVER);
    // Not cancelled: that would cut the connection, and the client would not hear why.
    reader.releaseLock();
  }
}

/** Resolves with what is wrong when a body takes too long, or comes too slowly. */
async function overdue(
  { timeoutMs, bytesPerSecMin = 0 }: BodyLimits,
  length: () => number,
  clock: Clock,
  signal: AbortSignal,
): Promise<SmarteyeError> {
  const beganAtMs = clock.nowMs();
  for (;;) {
    const tookMs = clock.nowMs() - beganAtMs;
    if (tookMs >= timeoutMs) return tooSlow(length(), tookMs, `all of it is wanted by then`);
    if (tookMs >= RATE_LOOK_MS && length() * 1000 < bytesPerSecMin * tookMs) {
      return tooSlow(length(), tookMs, `${bytesPerSecMin} bytes a second are wanted`);
    }
    const stepMs = bytesPerSecMin > 0 ? RATE_LOOK_MS : timeoutMs;
    await clock.sleep(Math.min(stepMs, timeoutMs - tookMs), signal);
    if (signal.aborted) return tooSlow(length(), tookMs, "nobody asks");
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {}); // whoever waits for it hears
  signal.addEventListener("abort", () => ended.reject(signal.reason), { once: true });
  return ended.promise;
}

function gone(cause: unknown): never {
  throw new SmarteyeError(
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

function tooSlow(length: number, tookMs: number, wanted: string): SmarteyeError {
  return new SmarteyeError(
    "request_timeout",
    `Cannot wait for the body: ${length} bytes came in ${Math.round(tookMs)} ms, ${wanted}`,
  );
}
