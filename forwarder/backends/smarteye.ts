/** An inference server of ours: `smarteye.v1.Inference`. */

import {
  modelFromWire,
  replyFromWire,
  requestToWire,
  statusFromWire,
} from "../../proto/grpc_codec.ts";
import { Inference, messageLimits } from "../../proto/grpc_service.ts";
import type { Backend } from "../backend.ts";
import { ServerAccess } from "../server_access.ts";
import type { KnownOfServer } from "../server_pool.ts";
import { Channel } from "./channel.ts";

const { Infer, ServerStatus, ListModels, LoadModel } = Inference.service;

/**
 * Opens a channel to `address` (`host:port`) and keeps it, see `Channel`.
 *
 * @param imageBytesMax Bytes of an image: an answer is no larger.
 * @param access How it is reached.
 * @param known Who is told of the load reports in its trailers (gRFC A51), and whose certificate it has.
 */
export function connectSmarteye(
  address: string,
  imageBytesMax: number,
  access: ServerAccess = ServerAccess.plain(),
  known: Partial<KnownOfServer> = {},
): Backend {
  // What is sent the gateway bounds, by settings that may change while it runs.
  const bytes = { receivedMax: messageLimits(imageBytesMax)["grpc.max_receive_message_length"] };
  const channel = new Channel({ address, bytes, access, ...known });
  return {
    infer: (request, image, limits) =>
      channel.call(Infer, requestToWire(request, image), replyFromWire, limits),
    status: (limits) => channel.call(ServerStatus, {}, statusFromWire, limits),
    listModels: (limits) =>
      channel.call(ListModels, {}, ({ models }) => models.map(modelFromWire), limits),
    loadModel: (model, limits) => channel.call(LoadModel, { model }, () => {}, limits),
    watch: (onServing, signal) => channel.watch(onServing, signal),
    close: () => channel.close(),
  };
}
