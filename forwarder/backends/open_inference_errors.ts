/** What servers of the Open Inference Protocol mean by their errors. */

import { type ErrorCode, SmarteyeError } from "../../core/errors.ts";

/**
 * Triton says UNAVAILABLE of the whole server, and of one request or model as well
 * (triton-inference-server/core, `server.cc`, `dynamic_batch_scheduler.cc`, `model_repository_manager.cc`).
 */
const OF_TRITON: readonly (readonly [said: RegExp, code: ErrorCode])[] = [
  [/unknown model|no available versions/i, "not_found"],
  [/timeout expired/i, "deadline_exceeded"],
  [/maximum queue size/i, "overloaded"],
];

/**
 * The error as it is meant.
 *
 * @param areTensorsOurs whether the tensors were made here: then it is no fault of the sender's that the
 * model does not take them.
 */
export function errorOfOpen(error: SmarteyeError, areTensorsOurs: boolean): SmarteyeError {
  const as = (code: ErrorCode) => new SmarteyeError(code, error.message, { cause: error });
  if (error.code === "unavailable") {
    const [, code] = OF_TRITON.find(([said]) => said.test(error.message)) ?? [];
    return code === undefined ? error : as(code);
  }
  const isOfTensors = error.code === "invalid_argument" || error.code === "payload_too_large";
  return isOfTensors && areTensorsOurs ? as("failed_precondition") : error;
}
