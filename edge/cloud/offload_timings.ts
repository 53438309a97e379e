/** Where the time of an offload went, by what the forwarder tells and what was measured here. */

import type { InferAnswer } from "../../proto/http_codec.ts";

/** Where the time of one offload went, in milliseconds: the stages add up to `total`. */
export interface OffloadTimings {
  /** On the way, there and back: the upload is part of it. */
  readonly network: number;
  /** Waiting for a Worker of the server. */
  readonly queue: number;
  /** At that Worker: decoded, preprocessed, inferred, postprocessed. */
  readonly infer: number;
  /** Whatever else the forwarder did: dispatching, calling the server, answering. */
  readonly answer: number;
  /** From the beginning, which may be to wait for a connection, to the last byte received. */
  readonly total: number;
}

/**
 * What the forwarder did not need of an exchange, the network did. One that does not tell its stages
 * may count receiving the frame as its own time: of that one, only the server's time is certain.
 */
export function timingsOf(
  { timings_ms, process_time, stages_ms }: InferAnswer,
  total: number,
): OffloadTimings {
  const told = stages_ms ?? { queue: timings_ms.queue, infer: timings_ms.total - timings_ms.queue };
  const processMs = Math.min(
    total,
    Math.max(0, stages_ms ? process_time * 1000 : timings_ms.total),
  );
  const queue = Math.min(processMs, Math.max(0, told.queue));
  const infer = Math.min(processMs - queue, Math.max(0, told.infer));
  return { network: total - processMs, queue, infer, answer: processMs - queue - infer, total };
}
