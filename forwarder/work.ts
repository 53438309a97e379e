/** What is asked of a server, within which limits, and how that went: in the words of the whole way. */

import type { ErrorCode } from "../core/errors.ts";
import type { InferRequest, SentImage } from "../core/infer.ts";
import type { LeaseOutcome } from "./lease.ts";

/** Why a server was asked: as the first one, since that failed, or since that took long. */
export type AttemptReason = "first" | "retry" | "hedge";

/** How one attempt went. */
export interface AttemptRecord {
  /** Name of the server. */
  readonly server: string;
  /** What its end says about the server. */
  readonly outcome: LeaseOutcome;
  /** What it ended with; absent when it was answered. */
  readonly code?: ErrorCode;
  /** Why the server was asked. */
  readonly why: AttemptReason;
  /** Milliseconds that it took. */
  readonly tookMs: number;
}

/** One image, and what is asked about it. */
export interface Work {
  /** What is asked. */
  readonly request: InferRequest;
  /** About this image. */
  readonly image: SentImage;
  /** Whether a drawn frame will do for an answer, see `DrawnReply`. */
  readonly takesDrawn?: boolean | undefined;
}

/** How long a request may take, and what ends it before that. */
export interface RequestLimits {
  /** On the clock's `nowMs`. */
  readonly deadlineAtMs: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Told of every attempt when it has ended, also where the request fails. */
  readonly onAttempt?: ((record: AttemptRecord) => void) | undefined;
}
