/** The Open Inference Protocol, whatever carries it: what is asked and answered in its terms. */

import type { Classification, Detection, Findings } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { ModelState } from "../../core/model.ts";
import { referenceOf } from "../../core/reference.ts";
import type { Tensor, TensorInfo } from "../../core/tensor.ts";
import { isFree } from "../network/tensors.ts";
import type { OpenReply, OpenRequest } from "../../proto/open_inference.ts";
import {
  type BytesTensor,
  datatypeOf,
  type OpenTensor,
  type TensorHead,
} from "../../proto/open_inference_tensors.ts";
import type { Clock } from "../../core/clock.ts";
import type { Caller, InferenceService } from "../service.ts";

/** What a server says of itself beside the standard's own methods. */
export const EXTENSIONS = [
  "model_repository",
  "model_configuration",
  "binary_tensor_data",
  "encoded_image",
] as const;

/** What runs the models, in Triton's words. */
export const PLATFORM = "onnxruntime_onnx";

/** The same, in later words of Triton's. */
export const BACKEND = "onnxruntime";

/** A model that is meant by a name, and a version where that is not empty. */
export function modelMeant(name: string, version: string): string {
  return version === "" ? name : referenceOf({ name, version });
}

/** The versions of a model that can infer now. */
export function versionsOf(service: InferenceService, name: string): string[] {
  return service.models()
    .filter((model) => model.name === name && model.state === "ready")
    .map(({ version }) => version);
}

/** Holds that no other repository is meant. @throws {SmarteyeError} `invalid_argument` */
export function assertOurs(repository: string): void {
  if (repository === "") return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot find the repository "${repository}": there is one, without a name`,
  );
}

/** States of the repository's index; a model that cannot be loaded is unavailable, with its reason. */
export const INDEX_STATES: Readonly<Record<ModelState, string>> = {
  ready: "READY",
  loading: "LOADING",
  unloading: "UNLOADING",
  unloaded: "UNAVAILABLE",
  failed: "UNAVAILABLE",
};

/**
 * Infers: with tensors as the network has them, or with an encoded image, as one `BYTES` tensor of one
 * element. Its answer is what was found, as tensors: of a detector `boxes` (`FP32 [n, 4]`: x1, y1,
 * x2, y2 in pixels of the image), `scores` (`FP32 [n]`), `class_ids` (`INT64 [n]`) and `labels`
 * (`BYTES [n]`), of a classifier the same without boxes, the best first.
 *
 * @param clock the service's own.
 * @throws {SmarteyeError} `invalid_argument` when the tensors are neither, and what the service throws.
 */
export async function inferOpen(
  service: InferenceService,
  request: OpenRequest,
  caller: Caller,
  clock: Clock,
): Promise<OpenReply> {
  const meant = modelMeant(request.model, request.version);
  // Of one that is not ready, who infers says so, and counts it.
  const known = service.isReady(meant) ? service.describe(meant) : undefined;
  const { name, version } = known ?? { name: request.model, version: request.version };
  const model = modelMeant(name, version);
  const { timeoutMs, priority, scoreThreshold } = request.parameters;
  const latestAtMs = timeoutMs === undefined ? Infinity : clock.nowMs() + timeoutMs;
  const deadlineAtMs = Math.min(caller.deadlineAtMs ?? Infinity, latestAtMs);
  const urgency = {
    ...caller,
    deadlineAtMs: deadlineAtMs === Infinity ? undefined : deadlineAtMs,
    priority,
  };
  const image = imageAmong(request.inputs, known?.inputs);
  if (!image && scoreThreshold !== undefined) {
    throw new SmarteyeError(
      "invalid_argument",
      "Cannot infer with the parameter score_threshold: it is for an encoded image, " +
        "a network's own tensors have no scores that we know",
    );
  }
  const outputs: readonly OpenTensor[] = image
    ? tensorsOf(
      (await service.infer(
        { kind: "encoded", bytes: image },
        { model, scoreThreshold },
        urgency,
      )).findings,
    )
    : (await service.run(model, request.inputs as readonly Tensor[], urgency)).tensors;
  return { model: name, version, id: request.id, outputs: chosen(outputs, request.outputs) };
}

/** An input or output as the protocol tells it: -1 where any size will do. */
export function headOf({ name, type, dims }: TensorInfo): TensorHead {
  return {
    name,
    datatype: datatypeOf(type),
    shape: dims.map((dim) => isFree(dim) ? -1 : Number(dim)),
  };
}

/**
 * The encoded image, where that is what was sent: for an input of the network, or for `image`.
 *
 * @throws {SmarteyeError} `invalid_argument`
 */
function imageAmong(
  given: readonly OpenTensor[],
  inputs: readonly TensorInfo[] | undefined,
): Uint8Array | undefined {
  const [strings] = given.filter((tensor): tensor is BytesTensor => tensor.type === "bytes");
  if (!strings) return undefined;
  const { name, dims, data } = strings;
  const names = [...inputs?.map((input) => input.name) ?? [name], "image"];
  const isOne = given.length === 1 && data.length === 1 && dims.length >= 1 && dims.length <= 2;
  if (isOne && names.includes(name)) return data[0];
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot infer: there ${given.length === 1 ? "is 1 input" : `are ${given.length} inputs`}, ` +
      `${name} BYTES [${dims.join(", ")}] among them, one encoded image is wanted, ` +
      `BYTES [1] or [1, 1] for ${names.join(" or ")}, or the network's own tensors`,
  );
}

/** Findings as tensors. */
function tensorsOf(findings: Findings): OpenTensor[] {
  if ("classifications" in findings) return named(findings.classifications);
  const { detections } = findings;
  const data = Float32Array.from(detections.flatMap(({ box }) => [...box]));
  return [
    { name: "boxes", type: "float32", dims: [detections.length, 4], data },
    ...named(detections),
  ];
}

function named(found: readonly (Detection | Classification)[]): OpenTensor[] {
  const dims = [found.length];
  const encoder = new TextEncoder();
  const scores = Float32Array.from(found, ({ score }) => score);
  const classIds = BigInt64Array.from(found, ({ class_id }) => BigInt(class_id));
  const labels = found.map(({ label }) => encoder.encode(label));
  return [
    { name: "scores", type: "float32", dims, data: scores },
    { name: "class_ids", type: "int64", dims, data: classIds },
    { name: "labels", type: "bytes", dims, data: labels },
  ];
}

/** @throws {SmarteyeError} `invalid_argument` when one that is wanted is not there, or wanted twice. */
function chosen(outputs: readonly OpenTensor[], wanted: readonly string[]): readonly OpenTensor[] {
  if (wanted.length === 0) return outputs;
  const left = new Map(outputs.map((output) => [output.name, output]));
  return wanted.map((name) => {
    const output = left.get(name);
    if (left.delete(name)) return output!;
    // Once each: a request of a megabyte could ask for gigabytes.
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot answer with the output "${name}": there are ` +
        `${outputs.map((o) => o.name).join(", ")}, once each`,
    );
  });
}
