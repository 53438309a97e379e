/** An inference server of ours: `smarteye.v1.Inference`. */

import type { LoadReport } from "../../core/model.ts";
import { replyFromWire, requestToWire, statusFromWire } from "../../proto/grpc_codec.ts";
import { Inference, messageLimits } from "../../proto/grpc_service.ts";
import type { Backend } from "../backend.ts";
import { ServerAccess } from "../server_access.ts";
import { Channel } from "./channel.ts";

const { Infer, ServerStatus } = Inference.service;

/**
 * Opens a channel to `address` (`host:port`) and keeps it, see `Channel`.
 *
 * @param imageBytesMax Bytes of the largest image that will be sent.
 * @param access How it is reached.
 * @param heard Told of the load reports in its trailers (gRFC A51).
 */
export function connectSmarteye(
  address: string,
  imageBytesMax: number,
  access: ServerAccess = ServerAccess.plain(),
  heard: (report: LoadReport) => void = () => {},
): Backend {
  const limits = messageLimits(imageBytesMax);
  const bytes = {
    sentMax: limits["grpc.max_send_message_length"],
    receivedMax: limits["grpc.max_receive_message_length"],
  };
  const channel = new Channel({ address, bytes, access, heard });
  return {
    infer: (request, image, limits) =>
      channel.call(Infer, requestToWire(request, image), replyFromWire, limits),
    status: (limits) => channel.call(ServerStatus, {}, statusFromWire, limits),
    watch: (onServing, signal) => channel.watch(onServing, signal),
    close: () => channel.close(),
  };
}
