/** `inference.GRPCInferenceService`: the Open Inference Protocol over gRPC. */

import type { Server } from "@grpc/grpc-js";
import project from "../../deno.json" with { type: "json" };
import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { GRPCInferenceServiceHandlers } from "../../proto/generated/inference/GRPCInferenceService.ts";
import { OpenInference } from "../../proto/grpc_service.ts";
import { replyToWire, requestFromWire } from "../../proto/open_inference_grpc.ts";
import type { InferenceService } from "../service.ts";
import type { Calls } from "./calls.ts";
import {
  EXTENSIONS,
  headOf,
  INDEX_STATES,
  inferOpen,
  modelMeant,
  PLATFORM,
} from "./open_inference.ts";

/**
 * Adds the protocol, with the extension for model repositories.
 *
 * @param clock the service's own.
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addOpenInference(
  server: Server,
  service: InferenceService,
  calls: Calls,
  clock: Clock,
): void {
  const handlers: GRPCInferenceServiceHandlers = {
    ServerLive: calls.unary(() => ({ live: true })),
    ServerReady: calls.unary(() => ({ ready: service.state === "serving" })),
    ModelReady: calls.unary(({ request: { name, version } }) => ({
      ready: service.isReady(modelMeant(name, version)),
    })),
    ServerMetadata: calls.unary(() => ({
      name: project.name,
      version: project.version,
      extensions: [...EXTENSIONS],
    })),
    ModelMetadata: calls.unary(({ request }) => {
      const { name, version, inputs, outputs } = service.describe(
        modelMeant(request.name, request.version),
      );
      const tensors = { inputs: inputs.map(headToWire), outputs: outputs.map(headToWire) };
      return { name, versions: [version], platform: PLATFORM, ...tensors };
    }),
    ModelInfer: calls.unary(async ({ request: wire, ...patience }) => {
      const { request, isRaw } = requestFromWire(wire);
      return replyToWire(
        await inferOpen(
          service,
          request,
          { ...patience, protocol: "open_inference_grpc" },
          clock,
        ),
        isRaw,
      );
    }),
    RepositoryIndex: calls.unary(({ request }) => ({
      models: service.models()
        .filter(({ state }) => state === "ready" || !request.ready)
        .map(({ name, version, state, detail }) => (
          { name, version, state: INDEX_STATES[state], reason: detail }
        )),
    })),
    RepositoryModelLoad: calls.unary(async ({ request: { modelName, parameters } }) => {
      assertNone("load", modelName, parameters);
      await service.loadModel(modelName);
      return {};
    }),
    RepositoryModelUnload: calls.unary(async ({ request: { modelName } }) => {
      await service.unloadModel(modelName); // whose parameters are about models that depend on it
      return {};
    }),
  };
  server.addService(OpenInference.service, handlers);
}

function headToWire(info: Parameters<typeof headOf>[0]) {
  const { shape, ...head } = headOf(info);
  return { ...head, shape: [...shape] };
}

/** Triton takes a model's configuration and files so. */
function assertNone(doing: string, model: string, parameters: object): void {
  const names = Object.keys(parameters);
  if (names.length === 0) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot ${doing} the model "${model}" with the parameters ${names.join(", ")}: ` +
      `none are taken, its manifest says it all`,
  );
}
