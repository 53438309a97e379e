/** `smarteye.v1.Inference`: the forwarder's protocol. */

import type { Server } from "@grpc/grpc-js";
import type { InferenceHandlers } from "../../proto/generated/smarteye/v1/Inference.ts";
import { modelToWire, replyToWire, requestFromWire, statusToWire } from "../../proto/grpc_codec.ts";
import { Inference } from "../../proto/grpc_service.ts";
import type { InferenceService } from "../service.ts";
import type { Calls } from "./calls.ts";

/**
 * Adds the protocol.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addSmarteye(server: Server, service: InferenceService, calls: Calls): void {
  const handlers: InferenceHandlers = {
    Infer: calls.unary(({ request: wire, ...patience }) =>
      service.request(wire.model, "smarteye", async () => {
        const { request, image, priority } = requestFromWire(wire);
        const caller = { ...patience, priority, protocol: "smarteye" } as const;
        return replyToWire(await service.infer(image, request, caller));
      })
    ),
    ServerStatus: calls.unary(() => statusToWire(service.status())),
    ListModels: calls.unary(() => ({ models: service.models().map(modelToWire) })),
    LoadModel: calls.unary(async ({ request }) => ({
      model: modelToWire(await service.loadModel(request.model)),
    })),
    UnloadModel: calls.unary(async ({ request }) => {
      await service.unloadModel(request.model);
      return {};
    }),
  };
  server.addService(Inference.service, handlers);
}
