/** One inference, in the words of every room: what is asked, what is answered, and where the time went. */

import type { Findings, Service } from "./detection.ts";
import type { Size } from "./frame.ts";
import type { ServerLoad } from "./model.ts";

/** What is asked of a model about one picture. */
export interface InferRequest {
  /** Name of the model. */
  readonly model: string;
  /** When given, a model of another service is refused. */
  readonly service?: Service | undefined;
  /** Least score of a detection that is reported, 0 to 1; the model's own when absent. */
  readonly scoreThreshold?: number | undefined;
  /** Whether others go before; nobody does when absent. */
  readonly priority?: Priority | undefined;
}

/** Somebody waits for what is `interactive`; what is `background` takes what the others leave. */
export type Priority = "interactive" | "background";

/** How long an answer is waited for. */
export interface Patience {
  /** Instant of the caller's `clock.nowMs()` after which nobody waits; for ever when absent. */
  readonly deadlineAtMs?: number | undefined;
  /** Aborts when nobody waits any more: work that has not begun is not begun. */
  readonly signal?: AbortSignal | undefined;
}

/** An image as it is sent: a whole file, or `height × width × 3` bytes of RGB. */
export type SentImage =
  | { readonly kind: "encoded"; readonly bytes: Uint8Array }
  | { readonly kind: "raw"; readonly size: Size; readonly rgb: Uint8Array };

/**
 * Where the time of one inference went, in milliseconds. Each stage is measured where it happens,
 * under these names on every wire; the stages add up to `total`.
 */
export interface InferTimings {
  /** An encoded image to pixels. */
  readonly decode: number;
  /** Waiting: for a Worker to begin, and for its answer to be handed on. */
  readonly queue: number;
  /** Pixels to the network's input: scaled and normalised. */
  readonly preprocess: number;
  /** The network alone. */
  readonly infer: number;
  /** The network's outputs to findings: decoded and suppressed. */
  readonly postprocess: number;
  /** From the arrival of the request to its answer. */
  readonly total: number;
}

/** The stages of {@link InferTimings}, in the order in which a picture passes them. */
export const INFER_STAGES = ["decode", "queue", "preprocess", "infer", "postprocess"] as const;

/** A stage of {@link InferTimings}. */
export type InferStage = typeof INFER_STAGES[number];

/** Timings of which nothing is known. */
export const NO_TIMINGS: InferTimings = {
  decode: 0,
  queue: 0,
  preprocess: 0,
  infer: 0,
  postprocess: 0,
  total: 0,
};

/**
 * Timings that add up: what of `total` no stage at work accounts for was spent waiting.
 *
 * @param worked milliseconds of each stage at work, as measured where it happened.
 * @param total milliseconds from the arrival of the request to its answer.
 */
export function timingsOf(
  worked: Readonly<Record<Exclude<InferStage, "queue">, number>>,
  total: number,
): InferTimings {
  const { decode, preprocess, infer, postprocess } = worked;
  const queue = Math.max(0, total - decode - preprocess - infer - postprocess);
  return { decode, queue, preprocess, infer, postprocess, total };
}

/** What a server answers. Boxes are in pixels of the image that was sent. */
export interface InferReply {
  /** Name of the model that inferred it. */
  readonly model: string;
  /** Pixels of the image that was sent. */
  readonly width: number;
  /** Pixels of the image that was sent. */
  readonly height: number;
  /** What is in the image; empty lists where nothing is. */
  readonly findings: Findings;
  /** Where the server's time went; the network is not in it. */
  readonly timingsMs: InferTimings;
  /** How busy the server was when it answered; absent where it does not tell. */
  readonly load: ServerLoad | undefined;
}
