/** The body of a request, in time: what all wires have in common when they receive one. */

import type { Clock } from "../core/clock.ts";
import { isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import type { ArrivingBodies } from "../web/arriving_bodies.ts";
import type { Work } from "./work.ts";

/** What is needed to receive a request. */
export interface ReceiveOptions {
  /** Measures how long the body takes. */
  readonly clock: Clock;
  /** Reads it. */
  readonly bodies: ArrivingBodies;
  /** When the request arrived, on the clock's `nowMs`. */
  readonly arrivedAtMs: number;
  /** Milliseconds from its arrival that a request may take. */
  readonly deadlineMs: number;
  /** What a stranger may ask for. */
  readonly limits: Limits;
  /**
   * Called with the name of the model as soon as it is known, before the body is read where it is
   * in the query; what it throws refuses the request.
   */
  readonly onModel: (model: string) => void;
  /** Called with the token of a sender that shows it in the body; what it throws refuses the request. */
  readonly onToken: (token: string | undefined) => void;
  /** Called with the frame's number in the sender's run, where it is told. */
  readonly onFrame: (frame: number) => void;
  /** Called with the size of each piece of the body as it comes. */
  readonly onBytes: (bytes: number) => void;
}

/** Work that is worth a server's time: of an encoded image, only its header has been read. */
export interface ReceivedWork extends Work {
  /** When its answer is too late, on the clock's `nowMs`. */
  readonly deadlineAtMs: number;
  /** When the last byte of the body arrived, on the clock's `nowMs`. */
  readonly receivedAtMs: number;
}

/** A body, and when it was there. */
export interface ReceivedBody {
  /** All of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When its last byte came, on the clock's `nowMs`. */
  readonly receivedAtMs: number;
}

/** When a request is late that asks for so many milliseconds, or for none. */
export function deadlineOf(asked: number | undefined, options: ReceiveOptions): number {
  return options.arrivedAtMs + Math.min(asked ?? Infinity, options.deadlineMs);
}

/**
 * Reads the body before its own timeout and before the request's deadline.
 *
 * @throws {SmarteyeError} as `readBody` does, `deadline_exceeded`, and `unsupported_media_type` when it
 * is compressed: an image is already, and a little of it could be very much.
 */
export async function readInTime(
  request: Request,
  deadlineAtMs: number,
  { clock, bodies, limits, onBytes }: ReceiveOptions,
): Promise<ReceivedBody> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") throw unsupported("the body", "encoding", encoding, ["none"]);
  const leftMs = Math.max(0, deadlineAtMs - clock.nowMs());
  const timeoutMs = Math.min(limits.bodyTimeoutMs, leftMs);
  let receivedAtMs = clock.nowMs();
  const came = (bytes: number) => {
    receivedAtMs = clock.nowMs(); // that there is no more is seen later
    onBytes(bytes);
  };
  try {
    const bytes = await bodies.read(request, { timeoutMs, onBytes: came });
    // One that did not say how long it is ends with what tells that it does.
    if (!request.headers.has("content-length")) receivedAtMs = clock.nowMs();
    return { bytes, receivedAtMs };
  } catch (error) {
    if (!isSmarteyeError(error, "request_timeout") || leftMs >= limits.bodyTimeoutMs) throw error;
    throw new SmarteyeError(
      "deadline_exceeded",
      `${error.message} (the request's deadline)`,
      { cause: error },
    );
  }
}

/** The type of a `Content-Type`, without its parameters; empty when there is none. */
export function mediaType(contentType: string | null): string {
  return (contentType ?? "").split(";")[0]!.trim().toLowerCase();
}

/** What a request of a type or an encoding is refused with that nobody here reads. */
export function unsupported(
  what: string,
  content: "type" | "encoding",
  found: string,
  wanted: readonly string[],
): SmarteyeError {
  return new SmarteyeError(
    "unsupported_media_type",
    `Cannot read ${what}: its content ${content} is ${JSON.stringify(found.slice(0, 100))}, ` +
      `${wanted.length === 1 ? "" : "one of "}${wanted.join(", ")} is wanted`,
  );
}
