/** An inference server as the forwarder calls it, in our words: the wire stays behind this. */

import type { InferReply, InferRequest, SentImage } from "../core/infer.ts";
import type { ModelStatus, ServerLoad } from "../core/model.ts";
import type { NotOffered } from "../proto/http_codec.ts";

/** How long a call may take, and what ends it before that. */
export interface CallLimits {
  /** Milliseconds from now after which the call fails with `deadline_exceeded`. */
  readonly deadlineMs: number;
  /** Aborts when nobody waits for the answer any more: the call is cancelled on the wire too. */
  readonly signal: AbortSignal;
}

/** What a server of the original SmartEye answers: nothing of where anything is, or how sure. */
export interface DrawnReply extends Omit<InferReply, "findings"> {
  /** The frame with boxes on it, as `frameOfText` takes it, or the name of the likeliest class. */
  readonly drawn:
    | { readonly kind: "frame"; readonly frame: string; readonly shape: string }
    | { readonly kind: "class"; readonly label: string };
}

/** What a server answers. */
export type Reply = InferReply | DrawnReply;

/**
 * What was found.
 *
 * @throws {Error} when that was drawn: such answers are for those alone who take them.
 */
export function foundIn(reply: Reply): InferReply {
  if ("findings" in reply) return reply;
  throw new Error(`the answer of ${reply.model} is a drawn frame, findings are wanted`);
}

/** What a server says of itself, as far as the forwarder goes by it. */
export interface ServerNews {
  /** The program and its version; empty where it does not tell. */
  readonly version: string;
  /** Milliseconds since it began to listen; absent where it does not tell. */
  readonly uptimeMs?: number;
  /** How busy it is; absent where it does not tell. */
  readonly load: ServerLoad | undefined;
  /** Models that it can infer with now. */
  readonly models: readonly ModelStatus[];
  /** Names of models that answer with `DrawnReply`. */
  readonly drawing?: readonly string[];
  /** Models that it has and that cannot be asked. */
  readonly notOffered?: readonly NotOffered[];
  /** Whether it finishes what it has and takes nothing new. */
  readonly draining: boolean;
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
  infer(request: InferRequest, image: SentImage, limits: CallLimits): Promise<Reply>;
  /** Asks the server for its state. @throws {SmarteyeError} */
  status(limits: CallLimits): Promise<ServerNews>;
  /**
   * Has the server tell whether it takes requests, now and whenever that changes. Resolves when it tells
   * no more: after `signal` aborts or the channel is closed at once. Never rejects. Absent where the
   * protocol has nothing like it.
   */
  watch?(onServing: (serving: boolean) => void, signal: AbortSignal): Promise<WatchEnd>;
  /** Every model that the server knows, loaded or not; absent where it cannot tell. @throws {SmarteyeError} */
  listModels?(limits: CallLimits): Promise<readonly ModelStatus[]>;
  /** Has the server load a model, which may take long; absent where it cannot. @throws {SmarteyeError} */
  loadModel?(model: string, limits: CallLimits): Promise<void>;
  /** Gives the connection back. Calls under way, and those that come yet, fail. */
  close(): void;
}
