/** The Open Inference Protocol over gRPC: between its messages and our values, both ways. */

import { SmarteyeError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { ELEMENT_ARRAYS } from "../core/tensor.ts";
import type { InferParameter } from "./generated/inference/InferParameter.ts";
import type {
  InferTensorContents,
  InferTensorContentsMessage,
} from "./generated/inference/InferTensorContents.ts";
import type {
  ModelInferRequest,
  ModelInferRequestMessage,
} from "./generated/inference/ModelInferRequest.ts";
import type {
  ModelInferResponse,
  ModelInferResponseMessage,
} from "./generated/inference/ModelInferResponse.ts";
import { assertOffered, type OpenReply, type OpenRequest, parametersOf } from "./open_inference.ts";
import {
  bytesOfTensor,
  datatypeOf,
  elementsOf,
  type OpenTensor,
  type TensorHead,
  tensorOfBytes,
  typeOfDatatype,
} from "./open_inference_tensors.ts";

/** Where a message has the elements of each type; there is no place for half precision in it. */
const CONTENTS = {
  bool: "boolContents",
  uint8: "uintContents",
  uint16: "uintContents",
  uint32: "uintContents",
  uint64: "uint64Contents",
  int8: "intContents",
  int16: "intContents",
  int32: "intContents",
  int64: "int64Contents",
  float16: undefined,
  float32: "fp32Contents",
  float64: "fp64Contents",
  bytes: "bytesContents",
} as const;

/**
 * A request from a message.
 *
 * @returns also whether its tensors came as bytes, as the answer's then go.
 * @throws {SmarteyeError} `invalid_argument` when a tensor is not what it says of itself.
 */
export function requestFromWire(
  wire: ModelInferRequest,
): { readonly request: OpenRequest; readonly isRaw: boolean } {
  const { inputs, rawInputContents } = wire;
  const isRaw = rawInputContents.length > 0;
  if (isRaw && rawInputContents.length !== inputs.length) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot infer: there are ${rawInputContents.length} raw_input_contents for ${inputs.length} ` +
        `inputs, one for each is wanted`,
    );
  }
  const both = inputs.find(({ contents }) => isRaw && contents !== null);
  if (both) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot take the tensor "${both.name}": it has contents beside raw_input_contents, ` +
        `one of them is wanted`,
    );
  }
  for (const { name, parameters } of [...inputs, ...wire.outputs]) assertOffered(name, parameters);
  const request = {
    model: wire.modelName,
    version: wire.modelVersion,
    id: wire.id,
    inputs: inputs.map(({ name, datatype, shape, contents }, i) => {
      const head = { name, datatype, shape: shape.map(Number) };
      return isRaw ? tensorOfBytes(head, rawInputContents[i]!) : tensorOfContents(head, contents);
    }),
    outputs: wire.outputs.map(({ name }) => name),
    parameters: parametersOf(parameterValues(wire.parameters)),
  };
  return { request, isRaw };
}

/** A request as a message; its tensors go as bytes. */
export function requestToWire(request: OpenRequest): ModelInferRequestMessage {
  const { scoreThreshold, priority, timeoutMs } = request.parameters;
  return {
    modelName: request.model,
    modelVersion: request.version,
    id: request.id,
    parameters: {
      ...(scoreThreshold === undefined ? {} : { score_threshold: { doubleParam: scoreThreshold } }),
      ...(priority === "background" ? { priority: { uint64Param: 2 } } : {}),
      ...(timeoutMs === undefined ? {} : { timeout: { int64Param: Math.ceil(timeoutMs * 1000) } }),
    },
    inputs: request.inputs.map(headToWire),
    outputs: request.outputs.map((name) => ({ name })),
    rawInputContents: request.inputs.map(bytesOfTensor),
  };
}

/** An answer as a message. Half precision has no other way than bytes. */
export function replyToWire(reply: OpenReply, isRaw: boolean): ModelInferResponseMessage {
  const { model, version, id, outputs } = reply;
  const head = { modelName: model, modelVersion: version, id };
  if (isRaw || outputs.some(({ type }) => type === "float16")) {
    return {
      ...head,
      outputs: outputs.map(headToWire),
      rawOutputContents: outputs.map(bytesOfTensor),
    };
  }
  return {
    ...head,
    outputs: outputs.map((tensor) => ({ ...headToWire(tensor), contents: contentsOf(tensor) })),
  };
}

/**
 * An answer from a message.
 *
 * @throws {SmarteyeError} `invalid_argument` when a tensor is not what it says of itself.
 */
export function replyFromWire(wire: ModelInferResponse): OpenReply {
  const { rawOutputContents } = wire;
  return {
    model: wire.modelName,
    version: wire.modelVersion,
    id: wire.id,
    outputs: wire.outputs.map(({ name, datatype, shape, contents }, i) => {
      const head = { name, datatype, shape: shape.map(Number) };
      const raw = rawOutputContents[i];
      return raw ? tensorOfBytes(head, raw) : tensorOfContents(head, contents);
    }),
  };
}

function headToWire({ name, type, dims }: OpenTensor) {
  return { name, datatype: datatypeOf(type), shape: [...dims] };
}

function parameterValues(parameters: Readonly<Record<string, InferParameter>>) {
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const choice = parameter.parameterChoice;
    return [name, choice ? parameter[choice] : undefined];
  });
  return Object.fromEntries(values) as Record<string, unknown>;
}

/** @throws {SmarteyeError} `invalid_argument` when there are not as many values as the shape has. */
function tensorOfContents(head: TensorHead, contents: InferTensorContents | null): OpenTensor {
  const { name, datatype, shape: dims } = head;
  const type = typeOfDatatype(head);
  const field = CONTENTS[type];
  const values: readonly unknown[] = (field && contents?.[field]) ?? [];
  if (values.length !== elementsOf(head)) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot take the tensor "${name}": it is ${datatype} [${dims.join(", ")}] and came with ` +
        (field
          ? `${values.length} values in ${snake(field)}, as many as its shape has are wanted`
          : `no bytes, half precision is wanted in raw_input_contents`),
    );
  }
  if (type === "bytes") return { name, type, dims, data: values as Uint8Array[] };
  const isLong = type === "int64" || type === "uint64";
  const data = new ELEMENT_ARRAYS[type](
    (isLong ? values.map((digits) => BigInt(digits as string)) : values) as never,
  );
  const cut = isLong
    ? -1
    : values.findIndex((value, i) => type !== "float32" && Number(value) !== Number(data[i]));
  if (cut === -1) return { name, type, dims, data } as Tensor;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot take the tensor "${name}": ${values[cut]} is no ${datatype}`,
  );
}

function contentsOf({ type, data }: OpenTensor): InferTensorContentsMessage {
  const field = CONTENTS[type]!;
  switch (type) {
    case "bytes":
      return { [field]: data };
    case "bool":
      return { [field]: Array.from(data, Boolean) };
    case "int64":
    case "uint64":
      return { [field]: Array.from<bigint, string>(data, String) };
    default:
      return { [field]: Array.from<number>(data) };
  }
}

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
