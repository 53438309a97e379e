/** What messages of the Open Inference Protocol may have, before they are decoded: see `assertPlain`. */

import type { FieldShape, MessageShape } from "./message_scan.ts";

/** Inputs that a request has at most, and outputs; no network comes near it. */
export const TENSORS_MAX = 256;

/** Dimensions of all of them. */
const DIMS_MAX = 4096;

const PARAMETERS_MAX = 1024;

/** Whole numbers as values, each of which may be one byte and becomes eight or sixteen. */
const NUMBERS_MAX = 4 * 1024 * 1024;

/** Those of 64 bits, which become text, of a hundred bytes. */
const LONGS_MAX = 256 * 1024;

/** Byte strings as values, which become objects; one of them is an image. */
const STRINGS_MAX = 1024;

/** Models that a server tells of. */
const MODELS_MAX = 10_000;

const text: FieldShape = { kind: "bytes" };

const numbers = (): FieldShape => ({ kind: "varint32", max: NUMBERS_MAX });

const longs = (): FieldShape => ({ kind: "varint64", max: LONGS_MAX });

const bool: FieldShape = { kind: "varint32", isOne: true };

const long: FieldShape = { kind: "varint64", isOne: true };

/** An entry of a map of parameters. */
function parameters(value: MessageShape): FieldShape {
  return { kind: { 1: text, 2: { kind: value } }, max: PARAMETERS_MAX };
}

const inferParameters = parameters({
  1: bool,
  2: long,
  3: text,
  4: { kind: "fixed64", isOne: true },
  5: long,
});

const contents: MessageShape = {
  1: numbers(),
  2: numbers(),
  3: longs(),
  4: numbers(),
  5: longs(),
  6: { kind: "fixed32" },
  7: { kind: "fixed64" },
  8: { kind: "bytes", max: STRINGS_MAX },
};

/** A tensor, of a request or of an answer. */
const tensor: MessageShape = {
  1: text,
  2: text,
  3: { kind: "varint64", max: DIMS_MAX },
  4: inferParameters,
  5: { kind: contents, max: TENSORS_MAX },
};

const described: MessageShape = { 1: text, 2: text, 3: { kind: "varint64", max: DIMS_MAX } };

const repositoryRequest: MessageShape = {
  1: text,
  2: text,
  3: parameters({ 1: bool, 2: long, 3: text, 4: text }),
};

/** By the methods' names, the requests in which something comes any number of times. */
export const REQUEST_SHAPES: Readonly<Record<string, MessageShape>> = {
  ModelInfer: {
    1: text,
    2: text,
    3: text,
    4: inferParameters,
    5: { kind: tensor, max: TENSORS_MAX },
    6: { kind: { 1: text, 2: inferParameters }, max: TENSORS_MAX },
    7: { kind: "bytes", max: TENSORS_MAX },
  },
  RepositoryModelLoad: repositoryRequest,
  RepositoryModelUnload: repositoryRequest,
};

/** The same of answers. */
export const REPLY_SHAPES = {
  ServerMetadata: { 1: text, 2: text, 3: { kind: "bytes", max: PARAMETERS_MAX } },
  ModelMetadata: {
    1: text,
    2: { kind: "bytes", max: MODELS_MAX },
    3: text,
    4: { kind: described, max: TENSORS_MAX },
    5: { kind: described, max: TENSORS_MAX },
  },
  ModelInfer: {
    1: text,
    2: text,
    3: text,
    4: inferParameters,
    5: { kind: tensor, max: TENSORS_MAX },
    6: { kind: "bytes", max: TENSORS_MAX },
  },
  RepositoryIndex: {
    1: { kind: { 1: text, 2: text, 3: text, 4: text }, max: MODELS_MAX },
  },
} as const satisfies Readonly<Record<string, MessageShape>>;
