/** An inference server of the original SmartEye: `MsgTransfer`. */

import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import { type InferRequest, type SentImage, timingsOf } from "../../core/infer.ts";
import type { ServerLoad } from "../../core/model.ts";
import type { MsgReply } from "../../proto/generated/MsgReply.ts";
import { MsgTransfer } from "../../proto/grpc_service.ts";
import { frameLength, modelsOfText } from "../../proto/msg_transfer.ts";
import type { Backend, CallLimits, DrawnReply, ServerNews } from "../backend.ts";
import type { PictureWorkers } from "../pictures/picture_workers.ts";
import { sendable } from "../pictures/sendable.ts";
import { Channel, type ChannelParts, type Method, unread } from "./channel.ts";

/** Bytes of an answer, as the original's own forwarding server has them. */
const REPLY_BYTES = 256 * 1024 * 1024;

/** Characters of a class's name. */
const LABEL_MAX = 1000;

const { image_processor, get_server_utilization, get_loaded_models_name } = MsgTransfer.service;

/** Its message was made in a Worker. */
const imageProcessor: Method<Uint8Array, MsgReply> = {
  ...unread(image_processor),
  responseDeserialize: image_processor.responseDeserialize,
};

/** What is needed beside the channel. */
export interface MsgTransferParts {
  /** How the server is reached; how large answers may be is known here. */
  readonly channel: Omit<ChannelParts, "bytes">;
  /** Makes messages. */
  readonly pictures: Pick<PictureWorkers, "ask">;
  /** Measures stages. */
  readonly clock: Clock;
}

/** Opens a channel and keeps it, see `Channel`. Its models draw: see `DrawnReply`. */
export function connectMsgTransfer({ channel: to, pictures, clock }: MsgTransferParts): Backend {
  const channel = new Channel({ ...to, bytes: { receivedMax: REPLY_BYTES } });
  const call = <Request, Wire>(
    method: Method<Request, Wire>,
    request: Request,
    limits: CallLimits,
  ) => channel.call(method, request, (wire) => wire, limits);

  async function infer(
    { model }: InferRequest,
    image: SentImage,
    limits: CallLimits,
  ): Promise<DrawnReply> {
    const beganAtMs = clock.nowMs();
    const left = () => ({
      ...limits,
      deadlineMs: Math.max(0, limits.deadlineMs - (clock.nowMs() - beganAtMs)),
    });
    const sent = sendable(image);
    const task = { kind: "draw", model, image: sent.image } as const;
    const { message, size, decodeMs, preprocessMs } = await pictures.ask(
      ...[task, sent.transfer, left()] as const,
    );
    const calledAtMs = clock.nowMs();
    const reply = await call(imageProcessor, message, left());
    const worked = {
      decode: decodeMs,
      preprocess: preprocessMs,
      infer: clock.nowMs() - calledAtMs,
      postprocess: 0,
    };
    const drawn = drawnOf(reply, size, model);
    return {
      model,
      ...size,
      drawn,
      timingsMs: timingsOf(worked, clock.nowMs() - beganAtMs),
      load: undefined,
    };
  }

  return {
    infer,
    async status(limits): Promise<ServerNews> {
      const [{ cpuUsage, memoryUsage }, { loadedModelName }] = await Promise.all([
        call(get_server_utilization, {}, limits),
        call(get_loaded_models_name, {}, limits),
      ]);
      const drawing = modelsOfText(loadedModelName);
      return {
        version: "",
        load: loadOf(cpuUsage, memoryUsage),
        models: [],
        drawing,
        draining: false,
      };
    },
    close: () => channel.close(),
  };
}

/** It tells nothing of its queue. */
function loadOf(cpuPercent: number, memoryPercent: number): ServerLoad | undefined {
  if (!Number.isFinite(cpuPercent) || !Number.isFinite(memoryPercent)) return undefined;
  const share = (percent: number) => Math.min(1, Math.max(0, percent / 100));
  return { cpuUtilization: share(cpuPercent), memoryUtilization: share(memoryPercent) };
}

/** @throws {SmarteyeError} `failed_precondition` when it is neither a frame of that size nor a name. */
function drawnOf(
  { result, frameShape }: MsgReply,
  size: Size,
  model: string,
): DrawnReply["drawn"] {
  const cannot = `Cannot read what the model "${model}" answered: `;
  if (frameShape === "") {
    if (result.length <= LABEL_MAX) return { kind: "class", label: result };
    throw new SmarteyeError(
      "failed_precondition",
      `${cannot}there are ${result.length} characters without a frame's shape, a class is wanted`,
    );
  }
  const wanted = frameLength(frameShape, size);
  if (result.length === wanted && /^[A-Za-z0-9+/]+={0,2}$/.test(result)) {
    return { kind: "frame", frame: result, shape: frameShape };
  }
  throw new SmarteyeError(
    "failed_precondition",
    `${cannot}its frame is ${
      JSON.stringify(frameShape.slice(0, 80))
    } in ${result.length} characters, ` +
      `${size.height}×${size.width} pixels as base64 are wanted`,
  );
}
