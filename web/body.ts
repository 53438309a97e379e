/** Reads a request's body, at most so many bytes and for so long. */

import type { IncomingMessage } from "node:http";
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

/** Where bodies come from that are not read as streams. */
const sources = new WeakMap<Request, IncomingMessage>();

/** Has a request's body read from the message itself: a stream around it makes each piece cost twice. */
export function readsFrom(request: Request, message: IncomingMessage): void {
  sources.set(request, message);
}

/**
 * The bytes of a body. Stops reading at the first byte too many, so that never more than the limit
 * and one piece are held.
 *
 * @throws {SmarteyeError} `payload_too_large`, `request_timeout`, `invalid_argument` when it comes in very
 * many very small pieces, `cancelled` when the client went away, or the signal's reason.
 */
export async function readBody(
  request: Request,
  limits: BodyLimits,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer>> {
  const claimed = Number(request.headers.get("content-length") ?? 0);
  if (claimed > limits.bytesMax) throw tooLarge(`${claimed}`, limits.bytesMax);
  const pieces = new Pieces(limits);
  const over = new AbortController();
  const ended = Promise.withResolvers<void>();
  const stop = read(request, pieces, ended);
  void overdue(limits, pieces, clock, over.signal).then((why) => why && ended.reject(why));
  const given = () => ended.reject(limits.signal!.reason);
  limits.signal?.addEventListener("abort", given, { signal: over.signal });
  try {
    await ended.promise;
    return pieces.whole();
  } finally {
    over.abort(OVER);
    stop();
  }
}

/** What came of a body. */
class Pieces {
  readonly #pieces: Uint8Array[] = [];
  /** Bytes of all of them. */
  length = 0;

  constructor(private readonly limits: BodyLimits) {}

  /** Takes one more. @throws {SmarteyeError} when that is one too many. */
  take(piece: Uint8Array): void {
    const { bytesMax, onBytes } = this.limits;
    this.length += piece.length;
    onBytes(piece.length);
    if (this.length > bytesMax) throw tooLarge(`more than ${bytesMax}`, bytesMax);
    const count = this.#pieces.push(piece);
    if (count > SMALL_PIECES_MAX && this.length < count * PIECE_BYTES_MIN) {
      throw tooSmall(count, this.length);
    }
  }

  whole(): Uint8Array<ArrayBuffer> {
    return concatBytes(this.#pieces);
  }
}

/** Settles `ended` when all is there, or something is wrong. @returns what ends reading, wherever it is. */
function read(
  request: Request,
  pieces: Pieces,
  ended: PromiseWithResolvers<void>,
): () => void {
  const message = sources.get(request);
  if (message) return readMessage(message, pieces, ended);
  if (!request.body) {
    ended.resolve();
    return () => {};
  }
  const reader = request.body.getReader();
  (async () => {
    for (let next; !(next = await reader.read().catch(gone)).done;) pieces.take(next.value);
  })().then(ended.resolve, ended.reject);
  // Not cancelled: that would cut the connection, and the client would not hear why.
  return () => reader.releaseLock();
}

function readMessage(
  message: IncomingMessage,
  pieces: Pieces,
  ended: PromiseWithResolvers<void>,
): () => void {
  const onData = (piece: Uint8Array) => {
    try {
      pieces.take(piece);
    } catch (error) {
      stop(); // more of the same is on its way
      ended.reject(error);
    }
  };
  const onEnd = () => ended.resolve();
  const onGone = (error?: Error) => ended.reject(goneBy(error ?? new Error("it is closed")));
  const stop = () => {
    message.off("data", onData).off("end", onEnd).off("close", onGone).pause();
  };
  message.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  if (message.destroyed) onGone(); // it tells that once
  return stop;
}

/** Resolves with what is wrong when a body takes too long, or comes too slowly; with nothing when it is over. */
async function overdue(
  { timeoutMs, bytesPerSecMin = 0 }: BodyLimits,
  came: Pieces,
  clock: Clock,
  signal: AbortSignal,
): Promise<SmarteyeError | undefined> {
  const beganAtMs = clock.nowMs();
  for (;;) {
    const tookMs = clock.nowMs() - beganAtMs;
    const { length } = came;
    if (tookMs >= timeoutMs) return tooSlow(length, tookMs, `all of it is wanted by then`);
    if (tookMs >= RATE_LOOK_MS && length * 1000 < bytesPerSecMin * tookMs) {
      return tooSlow(length, tookMs, `${bytesPerSecMin} bytes a second are wanted`);
    }
    const stepMs = bytesPerSecMin > 0 ? RATE_LOOK_MS : timeoutMs;
    await clock.sleep(Math.min(stepMs, timeoutMs - tookMs), signal);
    if (signal.aborted) return undefined;
  }
}

function gone(cause: unknown): never {
  throw goneBy(cause);
}

function goneBy(cause: unknown): SmarteyeError {
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
