/** An inference server as the forwarder calls it, in our words: the wire stays behind this. */

import type { Service } from "../core/detection.ts";
import type { ModelProfile, ServerLoad } from "../core/model.ts";
import type { InferReply } from "../core/infer.ts";

/** One image to infer. */
export interface InferRequest {
  /** Name of the model. */
  readonly model: string;
  /** When given, the server refuses a model of another service. */
  readonly service: Service | undefined;
  /** A whole JPEG, PNG or WebP file. */
  readonly image: Uint8Array<ArrayBuffer>;
}

/** How long a call may take, and what ends it before that. */
export interface CallLimits {
  /** Milliseconds from now after which the call fails with `deadline_exceeded`. */
  readonly deadlineMs: number;
  /** Aborts when nobody waits for the answer any more: the call is cancelled on the wire too. */
  readonly signal: AbortSignal;
}

/** What a server says of itself. */
export interface BackendStatus {
  /** How busy it is. */
  readonly load: ServerLoad;
  /** Models that it can infer with now. */
  readonly models: readonly ModelProfile[];
  /** Whether it finishes what it has and takes nothing new. */
  readonly draining: boolean;
}

/** One inference server. All calls reject with a `BackendFailure` and with nothing else. */
export interface Backend {
  /** Infers one image. @throws {BackendFailure} */
  infer(request: InferRequest, limits: CallLimits): Promise<InferReply>;
  /** Asks the server for its state. @throws {BackendFailure} */
  status(limits: CallLimits): Promise<BackendStatus>;
  /** Gives the connection back. Calls under way fail. */
  close(): void;
}

/** Why a call failed, as far as the forwarder acts on it. */
export type FailureKind =
  /** No answer: the server is gone, restarting or draining. */
  | "unreachable"
  /** The server answered that something in it went wrong. */
  | "broken"
  /** Its queue is full. */
  | "busy"
  | "no_such_model"
  /** The request is at fault: another server would refuse it too. */
  | "refused"
  | "too_large"
  | "deadline_exceeded"
  /** The caller's signal ended the call. */
  | "cancelled";

/** A call that failed. The message is what the server said, or what happened to the connection. */
export class BackendFailure extends Error {
  /** What a stack trace calls it. */
  override readonly name = "BackendFailure";

  /** `kind` decides what is done about it, `message` is for people. */
  constructor(readonly kind: FailureKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
  }
}
