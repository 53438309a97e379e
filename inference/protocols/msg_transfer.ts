/** `MsgTransfer`: the protocol of the original SmartEye's inference servers. */

import type { Server } from "@grpc/grpc-js";
import type { MsgTransferHandlers } from "../../proto/generated/MsgTransfer.ts";
import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import { MsgTransfer } from "../../proto/grpc_service.ts";
import { frameOfText, textOfFrame } from "../../proto/msg_transfer.ts";
import type { InferenceService } from "../service.ts";
import type { Calls } from "./calls.ts";

/**
 * Adds the protocol. A detector's answer is the frame with its boxes drawn on it, a classifier's the
 * label of the likeliest class.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addMsgTransfer(server: Server, service: InferenceService, calls: Calls): void {
  let lettering: Promise<Typesetter> | undefined; // the font is read when a frame is drawn on
  const handlers: MsgTransferHandlers = {
    image_processor: calls.unary(({ request, ...patience }) =>
      service.request(request.model, "msg_transfer", async () => {
        const { model, frame, frameShape } = request;
        const pixels = frameOfText(frame, frameShape, service.pixelsMax);
        const { width, height } = pixels;
        const { findings } = await service.infer(
          { kind: "raw", size: { width, height }, rgb: pixels.data.slice() },
          { model },
          { ...patience, protocol: "msg_transfer" },
        );
        if ("classifications" in findings) {
          return { result: findings.classifications[0]?.label ?? "", frameShape: "" };
        }
        annotate(pixels, findings, model, await (lettering ??= Typesetter.open()));
        return { result: textOfFrame(pixels), frameShape };
      })
    ),
    get_server_utilization: calls.unary(() => {
      const { cpuUtilization, memoryUtilization } = service.load();
      return { cpuUsage: 100 * cpuUtilization, memoryUsage: 100 * memoryUtilization };
    }),
    get_loaded_models_name: calls.unary(() => {
      const ready = service.models().filter(({ state }) => state === "ready");
      return { loadedModelName: [...new Set(ready.map(({ name }) => name))].join(", ") };
    }),
    load_specified_model: calls.unary(async ({ request }) => {
      await service.loadModel(request.specifiedModel);
      return {};
    }),
  };
  server.addService(MsgTransfer.service, handlers);
}
