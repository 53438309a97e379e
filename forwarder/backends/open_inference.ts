/** An inference server that speaks only the Open Inference Protocol over gRPC. */

import { ownBytes } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { type InferReply, type InferRequest, type SentImage, timingsOf } from "../../core/infer.ts";
import { isMeant, parseReference } from "../../core/reference.ts";
import { OpenInference } from "../../proto/grpc_service.ts";
import type { Backend, CallLimits } from "../backend.ts";
import { sendable } from "../pictures/sendable.ts";
import type { PictureWorkers } from "../pictures/picture_workers.ts";
import { Channel, type ChannelParts, unread } from "./channel.ts";
import { errorOfOpen } from "./open_inference_errors.ts";
import { OpenCatalogue, type OpenOffer } from "./open_inference_models.ts";

/** Bytes of an answer at least: a large network's outputs are more than the image that was sent. */
const REPLY_BYTES = 64 * 1024 * 1024;

/** Servers that take the parameter `timeout`, in microseconds, by what they call themselves. */
const TAKE_TIMEOUT = /^(triton|smarteye)$/i;

const infer = unread(OpenInference.service.ModelInfer);

/** What is needed beside the channel. */
export interface OpenInferenceParts {
  /** As configured, for messages. */
  readonly server: string;
  /** How the server is reached; how large answers may be is known here. */
  readonly channel: Omit<ChannelParts, "bytes">;
  /** Makes and reads messages. */
  readonly pictures: Pick<PictureWorkers, "ask">;
  /** Names of models, for servers that do not tell theirs. */
  readonly models: readonly string[];
  /** Measures stages. */
  readonly clock: Clock;
}

/** Opens a channel and keeps it, see `Channel`. */
export function connectOpenInference(parts: OpenInferenceParts): Backend {
  return new OpenInferenceBackend(parts);
}

class OpenInferenceBackend implements Backend {
  readonly #channel: Channel;
  readonly #catalogue: OpenCatalogue;
  #nextId = 0;

  constructor(private readonly parts: OpenInferenceParts) {
    this.#channel = new Channel({ ...parts.channel, bytes: { receivedMax: REPLY_BYTES } });
    this.#catalogue = new OpenCatalogue({ ...parts, channel: this.#channel });
  }

  async infer(request: InferRequest, image: SentImage, limits: CallLimits): Promise<InferReply> {
    const { clock, pictures } = this.parts;
    const beganAtMs = clock.nowMs();
    const left = () => ({
      ...limits,
      deadlineMs: Math.max(0, limits.deadlineMs - (clock.nowMs() - beganAtMs)),
    });
    const { model, service, scoreThreshold } = request;
    const offer = this.#offerOf(model, service);
    const id = String(this.#nextId++);
    const sent = sendable(image);
    const timeoutMs = TAKE_TIMEOUT.test(this.#catalogue.program) ? limits.deadlineMs : undefined;
    const isBackground = request.priority === "background";
    const asked = await pictures.ask(
      {
        kind: "ask",
        model: offer.model,
        id,
        image: sent.image,
        scoreThreshold,
        timeoutMs,
        isBackground,
      },
      sent.transfer,
      left(),
    );
    const { way, size } = asked;
    const calledAtMs = clock.nowMs();
    const message = await this.#channel.call(infer, asked.message, ownBytes, left())
      .catch((error) => Promise.reject(this.#failureOf(error, offer, way === "tensors")));
    const inferMs = clock.nowMs() - calledAtMs;
    const read = await pictures.ask(
      { kind: "read", model: offer.model, id, way, size, scoreThreshold, message },
      [message.buffer],
      left(),
    ).catch((error) => Promise.reject(this.#failureOf(error, offer, false)));
    const timingsMs = timingsOf(
      {
        decode: asked.decodeMs,
        preprocess: asked.preprocessMs,
        infer: inferMs,
        postprocess: read.postprocessMs,
      },
      clock.nowMs() - beganAtMs,
    );
    const { findings } = read;
    return { model: offer.model.name, ...size, findings, timingsMs, load: undefined };
  }

  status(limits: CallLimits) {
    return this.#catalogue.look(limits);
  }

  close(): void {
    this.#channel.close();
  }

  #offerOf(reference: string, service: InferRequest["service"]): OpenOffer {
    const meant = parseReference(reference);
    const offer = this.#catalogue.offers.findLast(({ model }) => isMeant(meant, model));
    if (!offer) {
      throw new SmarteyeError(
        "not_found",
        `Cannot infer with the model "${reference}": ${this.parts.server} does not offer it`,
      );
    }
    const does = offer.described.service;
    if (service === undefined || service === does) return offer;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot infer with the model "${reference}": it does ${does}, ${service} is asked for`,
    );
  }

  /** @param areTensorsOurs whether what the server refuses was made here. */
  #failureOf(error: SmarteyeError, { model }: OpenOffer, areTensorsOurs: boolean): SmarteyeError {
    const failure = errorOfOpen(error, areTensorsOurs);
    // It may have been loaded anew, with other tensors.
    if (failure.code === "failed_precondition") this.#catalogue.doubt(model);
    return failure;
  }
}
