/** The Open Inference Protocol over HTTP: JSON with binary tensors behind it, both ways. */

import { Buffer } from "node:buffer";
import { z } from "zod";
import { concatBytes } from "../core/bytes.ts";
import { SmarteyeError } from "../core/errors.ts";
import { ELEMENT_ARRAYS, type Tensor } from "../core/tensor.ts";
import {
  assertOffered,
  type OpenReply,
  type OpenRequest,
  parametersOf,
  shown,
} from "./open_inference.ts";
import {
  bytesOfTensor,
  datatypeOf,
  elementsOf,
  type OpenTensor,
  type TensorHead,
  tensorOfBytes,
  typeOfDatatype,
} from "./open_inference_tensors.ts";

/** The header that says how many bytes of a body are JSON: binary tensors follow. */
export const JSON_LENGTH_HEADER = "inference-header-content-length";

/** Inputs that a request has at most, and outputs; no network comes near it. */
const TENSORS_MAX = 256;

/** Dimensions of one. */
const DIMS_MAX = 64;

/** Byte strings of one, each of which becomes an object; one of them is an image. */
const STRINGS_MAX = 1024;

const PARAMETERS_MAX = 1024;

/** Counted, and not looked into one by one: that, too, takes long with hundreds of thousands. */
const Parameters = z.custom<Record<string, unknown>>(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length <= PARAMETERS_MAX,
  `Invalid input: expected an object of at most ${PARAMETERS_MAX} parameters`,
).default({});

const Input = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.number()).max(DIMS_MAX),
  parameters: Parameters,
  data: z.array(z.unknown()).optional(),
});

const Body = z.object({
  id: z.string().default(""),
  parameters: Parameters,
  inputs: few(Input),
  outputs: few(z.object({ name: z.string(), parameters: Parameters })).default([]),
});

/** A list, counted before it is looked into: that takes long with hundreds of thousands. */
function few<Item extends z.ZodType>(item: Item) {
  return z.array(z.unknown()).max(TENSORS_MAX).pipe(z.array(item));
}

/** Which outputs a caller wants as bytes behind the JSON. */
export interface BinaryOutputs {
  /** Those that are not named. */
  readonly others: boolean;
  /** Those that are. */
  readonly named: ReadonlyMap<string, boolean>;
}

/** An answer's body, and how much of it is JSON where not all is. */
export interface OpenBody {
  /** JSON, and the bytes of tensors behind it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes that are JSON; absent where there are no others. */
  readonly jsonLength?: number;
}

/**
 * A request from a body.
 *
 * @param model that the path names, with its version or an empty one.
 * @param jsonLength what {@link JSON_LENGTH_HEADER} says, if it is there.
 * @throws {SmarteyeError} `invalid_argument` when it is no request, or a tensor is not what it says.
 */
export function requestOfBody(
  body: Uint8Array,
  jsonLength: string | null,
  model: { readonly name: string; readonly version: string },
): { readonly request: OpenRequest; readonly binary: BinaryOutputs } {
  const length = jsonLength === null ? body.length : Number(jsonLength);
  if ((jsonLength !== null && !/^\d+$/.test(jsonLength)) || length > body.length) {
    throw refused(`${JSON_LENGTH_HEADER} is "${jsonLength}", 0 to ${body.length} bytes are there`);
  }
  const said = Body.safeParse(jsonOf(body.subarray(0, length)));
  if (!said.success) {
    const { path, message } = said.error.issues[0]!;
    throw refused(`its JSON is not a request: ${path.join(".") || "body"}: ${message}`);
  }
  const { id, parameters, inputs, outputs } = said.data;
  let at = length;
  for (const { name, parameters } of [...inputs, ...outputs]) assertOffered(name, parameters);
  const tensors = inputs.map(({ data, parameters, ...head }) => {
    const size = parameters["binary_data_size"];
    if (size === undefined) return tensorOfJson(head, data, parameters["content_type"]);
    const end = typeof size === "number" ? at + size : NaN;
    if (!Number.isInteger(end) || end < at || end > body.length) {
      throw refused(
        `the tensor "${head.name}" says that it has ${shown(size)} bytes, ` +
          `${body.length - at} are left`,
      );
    }
    const bytes = body.subarray(at, end);
    at = end;
    return tensorOfBytes(head, bytes);
  });
  if (at !== body.length) throw refused(`${body.length - at} bytes are behind its last tensor`);
  return {
    request: {
      model: model.name,
      version: model.version,
      id,
      inputs: tensors,
      outputs: outputs.map(({ name }) => name),
      parameters: parametersOf(parameters),
    },
    binary: {
      others: parameters["binary_data_output"] === true,
      named: new Map(
        outputs.flatMap(({ name, parameters }) =>
          typeof parameters["binary_data"] === "boolean" ? [[name, parameters["binary_data"]]] : []
        ),
      ),
    },
  };
}

/**
 * An answer as a body.
 *
 * @throws {SmarteyeError} `invalid_argument` when a value that JSON cannot tell is wanted as JSON.
 */
export function bodyOfReply(reply: OpenReply, { others, named }: BinaryOutputs): OpenBody {
  const binaries: Uint8Array[] = [];
  const outputs = reply.outputs.map((tensor) => {
    const { name, type, dims } = tensor;
    const head = { name, datatype: datatypeOf(type), shape: dims };
    if (!(named.get(name) ?? others)) return { ...head, data: jsonData(tensor) };
    const bytes = bytesOfTensor(tensor);
    binaries.push(bytes);
    return { ...head, parameters: { binary_data_size: bytes.length } };
  });
  const { model, version, id } = reply;
  const said = {
    model_name: model,
    model_version: version,
    ...(id === "" ? {} : { id }),
    outputs,
  };
  const json = new TextEncoder().encode(JSON.stringify(said));
  if (binaries.length === 0) return { bytes: json };
  return { bytes: concatBytes([json, ...binaries]), jsonLength: json.length };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refused("its body is no JSON");
  }
}

/**
 * A tensor of JSON's values: flat, or nested as its shape. Byte strings are texts, or base64 where their
 * `content_type` says so.
 */
function tensorOfJson(
  head: TensorHead,
  data: readonly unknown[] | undefined,
  contentType: unknown,
): OpenTensor {
  const { name, datatype, shape: dims } = head;
  const type = typeOfDatatype(head);
  const count = elementsOf(head);
  const wrong = (found: string) =>
    refused(`the tensor "${name}" is ${datatype} [${dims.join(", ")}], and ${found}`);
  if (data === undefined) throw wrong("has neither data nor binary_data_size");
  if (type === "float16") {
    throw wrong("came as JSON, which has no half precision: bytes are wanted");
  }
  const values = data.some(Array.isArray) ? data.flat(dims.length) : data;
  if (values.length !== count) throw wrong(`came with ${values.length} values`);
  if (type === "bytes") {
    if (count > STRINGS_MAX) throw wrong(`at most ${STRINGS_MAX} strings are taken`);
    const encoding = contentType === "base64" ? "base64" : "utf8";
    const strings = values.map((value) => {
      if (typeof value !== "string") throw wrong(`${shown(value)} is no text`);
      return new Uint8Array(Buffer.from(value, encoding));
    });
    return { name, type, dims, data: strings };
  }
  const isWhole = type !== "float32" && type !== "float64";
  const isLong = type === "int64" || type === "uint64";
  const elements = new ELEMENT_ARRAYS[type](count);
  for (const [i, value] of values.entries()) {
    const number = type === "bool" && typeof value === "boolean" ? Number(value) : value;
    if (typeof number !== "number") throw wrong(`${shown(value)} is no number`);
    if (isWhole && !Number.isSafeInteger(number)) throw wrong(`${number} is no whole number of it`);
    elements[i] = (isLong ? BigInt(number) : number) as never;
    if (isWhole && Number(elements[i]) !== number) throw wrong(`${number} is no ${datatype}`);
  }
  return { name, type, dims, data: elements } as Tensor;
}

/** JSON has numbers that are numbers, and whole ones as long as they come. */
function jsonData({ name, type, data }: OpenTensor): unknown[] {
  switch (type) {
    case "bytes": {
      const decoder = new TextDecoder();
      return data.map((bytes) => decoder.decode(bytes));
    }
    case "bool":
      return Array.from(data, Boolean);
    case "int64":
    case "uint64":
      return Array.from(data, (value) => rawJson(String(value)));
    default: {
      const values = Array.from(data as ArrayLike<number>);
      const odd = values.find((value) => !Number.isFinite(value));
      if (odd === undefined) return values;
      throw refused(
        `its output "${name}" holds ${odd}, which JSON cannot tell: ask for it as bytes`,
      );
    }
  }
}

/** https://tc39.es/proposal-json-parse-with-source */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

function refused(problem: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot infer: ${problem}`);
}
