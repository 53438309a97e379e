/** `smarteye.v1.Inference`: the forwarder's protocol. */

import type { handleUnaryCall, Server, ServerUnaryCall } from "@grpc/grpc-js";
import { type Clock, OVER } from "../../core/clock.ts";
import { asSmarteyeError } from "../../core/errors.ts";
import type { Patience } from "../../core/infer.ts";
import { logger, Thinned } from "../../core/log.ts";
import type { InferenceHandlers } from "../../proto/generated/smarteye/v1/Inference.ts";
import {
  errorToWire,
  modelToWire,
  replyToWire,
  requestFromWire,
  statusToWire,
} from "../../proto/grpc_codec.ts";
import { Inference } from "../../proto/grpc_service.ts";
import type { InferenceService } from "../service.ts";

const log = logger("inference");

/**
 * Adds the protocol.
 *
 * @param clock the service's own: the deadlines of calls become instants of it.
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addSmarteye(server: Server, service: InferenceService, clock: Clock): void {
  server.addService(Inference.service, handlers(service, clock));
}

function handlers(service: InferenceService, clock: Clock): InferenceHandlers {
  const failures = new Thinned((message) => log.warn("{message}", { message }));
  return {
    Infer: unary(failures, async (call) => {
      const { request, image } = requestFromWire(call.request);
      return replyToWire(await service.infer(image, request, patienceOf(call, clock)));
    }),
    ServerStatus: unary(failures, () => statusToWire(service.status())),
    ListModels: unary(failures, () => ({ models: service.models().map(modelToWire) })),
    LoadModel: unary(failures, async (call) => ({
      model: modelToWire(await service.loadModel(call.request.model)),
    })),
    UnloadModel: unary(failures, async (call) => {
      await service.unloadModel(call.request.model);
      return {};
    }),
  };
}

/** A handler that answers with what `perform` returns, or with the status of what it throws. */
function unary<Request, Reply>(
  failures: Thinned,
  perform: (call: ServerUnaryCall<Request, Reply>) => Reply | Promise<Reply>,
): handleUnaryCall<Request, Reply> {
  return (call, callback) => {
    Promise.resolve().then(() => perform(call)).then(
      (reply) => callback(null, reply),
      (thrown) => {
        const error = asSmarteyeError(thrown, "answer");
        failures.tell(`a call ended with ${error.code}`, error.message);
        if (error.code === "internal") log.debug("{error}", { error: thrown });
        callback(errorToWire(error));
      },
    );
  };
}

/** How long the client waits: until its deadline, or until it cancels the call. */
function patienceOf(call: ServerUnaryCall<unknown, unknown>, clock: Clock): Patience {
  const deadline = Number(call.getDeadline());
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort(OVER));
  return {
    signal: controller.signal,
    deadlineAtMs: Number.isFinite(deadline)
      ? clock.nowMs() + deadline - clock.epochMs()
      : undefined,
  };
}
