/** A Worker of the forwarder: makes messages with pictures, and reads what servers of others answer. */

import { ownBytes } from "../../core/bytes.ts";
import { asSmarteyeError, isSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import { EncodedImage, pixelsPng } from "../../core/image.ts";
import { SENT_FORMATS } from "../../core/image_formats.ts";
import type { SentImage } from "../../core/infer.ts";
import { type Decoded, PictureDecoder } from "../../inference/workers/picture_decoder.ts";
import { MsgTransfer, OpenInference } from "../../proto/grpc_service.ts";
import { decodePlain } from "../../proto/message_scan.ts";
import { textOfFrame } from "../../proto/msg_transfer.ts";
import { replyFromWire, requestToWire } from "../../proto/open_inference_grpc.ts";
import { REPLY_SHAPES } from "../../proto/open_inference_shapes.ts";
import type { OpenTensor } from "../../proto/open_inference_tensors.ts";
import { assertFewStrings, findingsOfTensors } from "./found_tensors.ts";
import type {
  OpenWay,
  PictureAnswer,
  PictureRequest,
  PictureResults,
  PictureSettings,
  PictureTask,
} from "./messages.ts";
import { OpenModels } from "./open_models.ts";

type TaskOf<K extends PictureTask["kind"]> = Extract<PictureTask, { readonly kind: K }>;

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const decoder = new PictureDecoder();
const { ModelInfer } = OpenInference.service;
let pictures: Pictures;

/** What a Worker does, by the settings that it was given first. */
class Pictures {
  readonly #models: OpenModels;

  constructor(private readonly settings: PictureSettings) {
    this.#models = new OpenModels(settings.directory);
  }

  async perform(task: PictureTask): Promise<PictureResults[keyof PictureResults]> {
    switch (task.kind) {
      case "describe": {
        const { service, accuracy, ways } = await this.#models.get(task.model);
        return { service, accuracy, ways };
      }
      case "ask":
        return await this.#ask(task);
      case "read":
        return await this.#read(task);
      case "draw":
        return await this.#draw(task);
      default:
        return task satisfies never;
    }
  }

  async #ask(task: TaskOf<"ask">): Promise<PictureResults["ask"]> {
    const { model, image } = task;
    const { ways, network } = await this.#models.get(model);
    // Pixels become tensors where that can be: as a file they would be encoded, and decoded there.
    const way: OpenWay = image.kind === "raw" && ways.includes("tensors") ? "tensors" : ways[0]!;
    if (way === "file") return await this.#askWithFile(task);
    const { pixels, decodeMs } = await this.#pixelsOf(image);
    try {
      const beganAtMs = performance.now();
      const message = messageOf(task, way, network!.tensors(pixels), network!.outputs);
      const preprocessMs = performance.now() - beganAtMs;
      return { message, way, size: sizeOf(pixels), decodeMs, preprocessMs };
    } finally {
      decoder.release(pixels);
    }
  }

  async #askWithFile(task: TaskOf<"ask">): Promise<PictureResults["ask"]> {
    const { model, image } = task;
    const beganAtMs = performance.now();
    const { bytes, size } = await this.#fileOf(image);
    const [input] = model.inputs;
    const tensor: OpenTensor = {
      name: model.takesFiles ? "image" : input!.name,
      type: "bytes",
      dims: model.takesFiles || input!.shape.length < 2 ? [1] : [1, 1],
      data: [bytes],
    };
    const message = messageOf(task, "file", [tensor], []);
    return {
      ...{ message, way: "file", size, decodeMs: 0 },
      preprocessMs: performance.now() - beganAtMs,
    };
  }

  async #read(task: TaskOf<"read">): Promise<PictureResults["read"]> {
    const { model, id, way, size, message } = task;
    const { network } = await this.#models.get(model);
    const beganAtMs = performance.now();
    try {
      const wire = decodePlain(message, REPLY_SHAPES.ModelInfer, ModelInfer.responseDeserialize);
      if (wire.id !== "" && wire.id !== id) throw new Error(`it is about ${wire.id}, not ${id}`);
      assertFewStrings(
        wire.outputs.map(({ shape, ...head }) => ({ ...head, shape: shape.map(Number) })),
      );
      const { outputs } = replyFromWire(wire);
      const findings = way === "file"
        ? findingsOfTensors(outputs, task.scoreThreshold)
        : network!.findings(outputs, size, task.scoreThreshold ?? this.settings.scoreThreshold);
      return { findings, postprocessMs: performance.now() - beganAtMs };
    } catch (cause) {
      // Whatever is wrong with it, the server's copy of the model cannot do this.
      const { message } = asSmarteyeError(cause, "read it");
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot read what the model "${model.name}" answered: ${message}`,
        { cause },
      );
    }
  }

  async #draw({ model, image }: TaskOf<"draw">): Promise<PictureResults["draw"]> {
    const { pixels, decodeMs } = await this.#pixelsOf(image);
    const { width, height } = pixels;
    try {
      const beganAtMs = performance.now();
      const frameShape = `(${height}, ${width}, 3)`;
      const request = { model, frame: textOfFrame(pixels), frameShape };
      const { requestSerialize } = MsgTransfer.service.image_processor;
      const message = ownBytes(requestSerialize(request));
      const preprocessMs = performance.now() - beganAtMs;
      return { message, size: { width, height }, decodeMs, preprocessMs };
    } finally {
      decoder.release(pixels);
    }
  }

  async #pixelsOf(image: SentImage): Promise<Decoded> {
    const { pixelsMax } = this.settings;
    if (image.kind === "raw") {
      return { pixels: { ...image.size, data: ownBytes(image.rgb) }, decodeMs: 0 };
    }
    const limits = { pixelsMax, formats: SENT_FORMATS };
    const bytes = ownBytes(image.bytes);
    const decoded = await decoder.begin({ kind: "encoded", bytes, limits }, "here")();
    if (!("error" in decoded)) return decoded;
    throw new SmarteyeError(decoded.error.code, decoded.error.message);
  }

  async #fileOf(image: SentImage): Promise<{ bytes: Uint8Array; size: Size }> {
    if (image.kind === "raw") {
      const bytes = await pixelsPng({ ...image.size, data: ownBytes(image.rgb) });
      return { bytes, size: image.size };
    }
    const limits = { pixelsMax: this.settings.pixelsMax, formats: SENT_FORMATS };
    return { bytes: image.bytes, size: sizeOf(await EncodedImage.open(image.bytes, limits)) };
  }
}

/** A request; only servers that are known to know parameters are told any. */
function messageOf(
  { model, id, scoreThreshold, timeoutMs, isBackground }: TaskOf<"ask">,
  way: OpenWay,
  inputs: readonly OpenTensor[],
  outputs: readonly string[],
): Uint8Array<ArrayBuffer> {
  const isOurs = model.takesFiles;
  const parameters = {
    ...(isOurs && way === "file" && scoreThreshold !== undefined ? { scoreThreshold } : {}),
    ...(isOurs && isBackground ? { priority: "background" as const } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const { name, version } = model;
  const request = { model: name, version, id, inputs, outputs, parameters };
  return ownBytes(ModelInfer.requestSerialize(requestToWire(request)));
}

function sizeOf({ width, height }: Size | Pixels): Size {
  return { width, height };
}

async function answer(id: number, task: PictureTask): Promise<void> {
  let reply: PictureAnswer;
  try {
    reply = { id, result: await pictures.perform(task) };
  } catch (thrown) {
    const { code, message } = isSmarteyeError(thrown) ? thrown : asSmarteyeError(thrown, task.kind);
    reply = { id, error: { code, message } };
  }
  const message = "result" in reply && "message" in reply.result
    ? [reply.result.message.buffer]
    : [];
  scope.postMessage(reply, message);
}

scope.onmessage = ({ data }: MessageEvent<PictureRequest>) => {
  if ("settings" in data) pictures = new Pictures(data.settings);
  else void answer(data.id, data.task);
};
