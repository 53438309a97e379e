/** An inference server as the forwarder calls it, in our words: the wire stays behind this. */

import type { InferReply, InferRequest, SentImage } from "../core/infer.ts";
import type { ServerStatus } from "../core/server_status.ts";

/** How long a call may take, and what ends it before that. */
export interface CallLimits {
  /** Milliseconds from now after which the call fails with `deadline_exceeded`. */
  readonly deadlineMs: number;
  /** Aborts when nobody waits for the answer any more: the call is cancelled on the wire too. */
  readonly signal: AbortSignal;
}

/**
 * How a watch ended: the server has no such thing; or it, or somebody on the way, ended it; or its
 * connection broke.
 */
export type WatchEnd = "unsupported" | "ended" | "lost";

/**
 * The channel to one inference server. Its calls reject with a `SmarteyeError` and with nothing
 * else: with the server's own code where it answered, with `unavailable` where it did not or the
 * channel is closed, with `deadline_exceeded` and `cancelled` as the limits say.
 */
export interface Backend {
  /** Infers one image. @throws {SmarteyeError} */
  infer(request: InferRequest, image: SentImage, limits: CallLimits): Promise<InferReply>;
  /** Asks the server for its state. @throws {SmarteyeError} */
  status(limits: CallLimits): Promise<ServerStatus>;
  /**
   * Has the server tell whether it takes requests, now and whenever that changes. Resolves when it tells
   * no more: after `signal` aborts or the channel is closed at once. Never rejects. Absent where the
   * protocol has nothing like it.
   */
  watch?(onServing: (serving: boolean) => void, signal: AbortSignal): Promise<WatchEnd>;
  /** Gives the connection back. Calls under way, and those that come yet, fail. */
  close(): void;
}
