/** The Open Inference Protocol over HTTP: JSON with binary tensors behind it, both ways. */

import { z } from "zod";
import { concatBytes } from "../core/bytes.ts";
import { SmarteyeError } from "../core/errors.ts";
import {
  assertOffered,
  type OpenReply,
  type OpenRequest,
  parametersOf,
  shown,
} from "./open_inference.ts";
import { parseExactly, tensorOfJson } from "./open_inference_json.ts";
import {
  bytesOfTensor,
  datatypeOf,
  type OpenTensor,
  type TensorHead,
  tensorOfBytes,
} from "./open_inference_tensors.ts";

/** The header that says how many bytes of a body are JSON: binary tensors follow. */
export const JSON_LENGTH_HEADER = "inference-header-content-length";

/** Inputs that a request has at most, and outputs; no network comes near it. */
const TENSORS_MAX = 256;

/** Dimensions of one. */
const DIMS_MAX = 64;

/** Parameters of one thing. */
const PARAMETERS_MAX = 1024;

/** Counted before they are looked into: that takes long with hundreds of thousands. */
const Parameters = z.custom<Record<string, unknown>>(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length <= PARAMETERS_MAX,
  `Invalid input: expected an object of at most ${PARAMETERS_MAX} parameters`,
).transform((given) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, numberOf(value)]))
).default({});

/** Characters of a name at most: a refusal has it in it. */
const NAME_MAX = 1024;

const Name = z.string().max(NAME_MAX);

const Input = z.object({
  name: Name,
  datatype: Name,
  shape: z.array(z.number()).max(DIMS_MAX),
  parameters: Parameters,
  // Its elements are looked at by who knows their type: there may be millions of them.
  data: z.custom<readonly unknown[]>(Array.isArray, "an array is wanted").optional(),
});

const Body = z.object({
  id: z.string().default(""),
  parameters: Parameters,
  inputs: few(Input),
  outputs: few(z.object({ name: Name, parameters: Parameters })).default([]),
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
 * A request from a body. One of which nothing is JSON is an encoded image alone.
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
  if (length === 0 && body.length > 0) return imageAlone(body, model);
  const said = Body.safeParse(parseExactly(body.subarray(0, length)));
  if (!said.success) {
    const { path, message } = said.error.issues[0]!;
    throw refused(`its JSON is not a request: ${path.join(".") || "body"}: ${message}`);
  }
  const { id, parameters, inputs, outputs } = said.data;
  let at = length;
  for (const { name, parameters } of [...inputs, ...outputs]) assertOffered(name, parameters);
  const tensors = inputs.map(({ data, parameters, ...head }) => {
    const size = parameters["binary_data_size"];
    if (size === undefined) return ofJson(head, data, parameters["content_type"]);
    const end = typeof size === "number" ? at + size : NaN;
    if (!Number.isInteger(end) || end < at || end > body.length) {
      throw refused(
        `the tensor "${head.name}" says that it has ${shown(size)} bytes, ` +
          `${body.length - at} are left`,
      );
    }
    if (data) throw refused(`the tensor "${head.name}" has both data and binary_data_size`);
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

/** What Triton calls a raw binary request: its tensor has no name and no shape but what is meant. */
function imageAlone(
  body: Uint8Array,
  { name, version }: { readonly name: string; readonly version: string },
) {
  const image = { name: "image", type: "bytes", dims: [1], data: [body] } as const;
  return {
    request: { model: name, version, id: "", inputs: [image], outputs: [], parameters: {} },
    binary: { others: false, named: new Map() },
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

/** @param contentType how the elements of a `BYTES` tensor stand as text. */
function ofJson(
  head: TensorHead,
  data: readonly unknown[] | undefined,
  contentType: unknown = "str",
): OpenTensor {
  if (!data) throw refused(`the tensor "${head.name}" has neither data nor binary_data_size`);
  if (contentType === "str" || contentType === "base64") {
    return tensorOfJson(head, data, contentType === "str" ? "utf8" : contentType);
  }
  throw refused(
    `the tensor "${head.name}" has the content_type ${shown(contentType)}, ` +
      `str or base64 is wanted`,
  );
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

/** What parsing exactly makes of a number that is too long for one. */
function numberOf(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
