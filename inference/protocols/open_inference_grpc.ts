/** `inference.GRPCInferenceService`: the Open Inference Protocol over gRPC. */

import type { handleUnaryCall, Server, UntypedServiceImplementation } from "@grpc/grpc-js";
import project from "../../deno.json" with { type: "json" };
import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { DataTypeMessage } from "../../proto/generated/inference/DataType.ts";
import type { GRPCInferenceServiceHandlers } from "../../proto/generated/inference/GRPCInferenceService.ts";
import type { ModelInferRequest } from "../../proto/generated/inference/ModelInferRequest.ts";
import type { ModelInferResponseMessage } from "../../proto/generated/inference/ModelInferResponse.ts";
import type { RepositoryModelLoadRequest } from "../../proto/generated/inference/RepositoryModelLoadRequest.ts";
import type { RepositoryModelUnloadRequest } from "../../proto/generated/inference/RepositoryModelUnloadRequest.ts";
import { OpenInferenceUnread, type Unread } from "./open_inference_requests.ts";
import { replyToWire, requestFromWire } from "../../proto/open_inference_grpc.ts";
import type { InferenceService } from "../service.ts";
import type { Calls } from "./calls.ts";
import {
  assertOurs,
  BACKEND,
  EXTENSIONS,
  headOf,
  INDEX_STATES,
  inferOpen,
  modelMeant,
  PLATFORM,
  versionsOf,
} from "./open_inference.ts";

type Handlers =
  & Omit<
    GRPCInferenceServiceHandlers,
    "ModelInfer" | "RepositoryModelLoad" | "RepositoryModelUnload"
  >
  & {
    readonly ModelInfer: handleUnaryCall<Unread<ModelInferRequest>, ModelInferResponseMessage>;
    readonly RepositoryModelLoad: handleUnaryCall<Unread<RepositoryModelLoadRequest>, object>;
    readonly RepositoryModelUnload: handleUnaryCall<Unread<RepositoryModelUnloadRequest>, object>;
  };

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
  const handlers: Handlers = {
    ServerLive: calls.unary(() => ({ live: true })),
    ServerReady: calls.unary(() => ({ ready: service.state === "serving" })),
    ModelReady: calls.unary(({ request: { name, version } }) => ({
      ready: service.isReady(modelMeant(name, version)),
    })),
    ServerMetadata: calls.unary(() => ({
      name: project.name,
      version: project.version,
      extensions: [...EXTENSIONS, "model_configuration"],
    })),
    ModelMetadata: calls.unary(({ request }) => {
      const { name, inputs, outputs } = service.describe(
        modelMeant(request.name, request.version),
      );
      const tensors = { inputs: inputs.map(headToWire), outputs: outputs.map(headToWire) };
      return { name, versions: versionsOf(service, name), platform: PLATFORM, ...tensors };
    }),
    ModelConfig: calls.unary(({ request }) => {
      const { name, inputs, outputs } = service.describe(
        modelMeant(request.name, request.version),
      );
      const tensors = { input: inputs.map(configured), output: outputs.map(configured) };
      return { config: { name, platform: PLATFORM, backend: BACKEND, ...tensors } };
    }),
    ModelInfer: calls.unary(({ request: unread, ...patience }) => {
      const wire = unread.read();
      return service.request(wire.modelName, "open_inference_grpc", async () => {
        const { request, isRaw } = requestFromWire(wire);
        const caller = { ...patience, protocol: "open_inference_grpc" } as const;
        return replyToWire(await inferOpen(service, request, caller, clock), isRaw);
      });
    }),
    RepositoryIndex: calls.unary(({ request: { repositoryName, ready } }) => {
      assertOurs(repositoryName);
      const listed = service.models().filter(({ state }) => state === "ready" || !ready);
      return {
        models: listed.map(({ name, version, state, detail }) => (
          { name, version, state: INDEX_STATES[state], reason: detail }
        )),
      };
    }),
    RepositoryModelLoad: calls.unary(async ({ request }) => {
      const { repositoryName, modelName, parameters } = request.read();
      assertOurs(repositoryName);
      assertNone("load", modelName, parameters);
      await service.loadModel(modelName);
      return {};
    }),
    RepositoryModelUnload: calls.unary(async ({ request }) => {
      const { repositoryName, modelName } = request.read();
      assertOurs(repositoryName);
      await service.unloadModel(modelName); // whose parameters are about models that depend on it
      return {};
    }),
  };
  server.addService(OpenInferenceUnread, handlers as UntypedServiceImplementation);
}

function headToWire(info: Parameters<typeof headOf>[0]) {
  const { shape, ...head } = headOf(info);
  return { ...head, shape: [...shape] };
}

function configured(info: Parameters<typeof headOf>[0]) {
  const { name, datatype, shape } = headOf(info);
  return { name, dataType: `TYPE_${datatype}` as DataTypeMessage, dims: [...shape] };
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
