/** Requests of the Open Inference Protocol that are read only when they have been looked at. */

import type { Buffer } from "node:buffer";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { SmarteyeError } from "../../core/errors.ts";
import { OpenInference } from "../../proto/grpc_service.ts";
import { assertPlain, type FieldShape, type MessageShape } from "../../proto/message_scan.ts";

/** A request as it came. */
export interface Unread<Request> {
  /** Decodes it. @throws {SmarteyeError} as `assertPlain` does. */
  read(): Request;
}

/** Inputs that a request has at most, and outputs; no network comes near it. */
const TENSORS_MAX = 256;

/** Dimensions of all of them. */
const DIMS_MAX = 4096;

const PARAMETERS_MAX = 1024;

/** Whole numbers as values, each of which may be one byte and becomes eight or sixteen. */
const NUMBERS_MAX = 4 * 1024 * 1024;

/** Those of 64 bits, which become text, of a hundred bytes. */
const LONGS_MAX = 256 * 1024;

/** Byte strings as values, which become objects; one of them is an image. */
const STRINGS_MAX = 1024;

const text: FieldShape = { kind: "bytes" };

const numbers = (): FieldShape => ({ kind: "varint32", max: NUMBERS_MAX });

const longs = (): FieldShape => ({ kind: "varint64", max: LONGS_MAX });

/** An entry of a map of parameters. */
function parameters(value: MessageShape): FieldShape {
  return { kind: { 1: text, 2: { kind: value } }, max: PARAMETERS_MAX };
}

const bool: FieldShape = { kind: "varint32", isOne: true };

const long: FieldShape = { kind: "varint64", isOne: true };

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

const input: MessageShape = {
  1: text,
  2: text,
  3: { kind: "varint64", max: DIMS_MAX },
  4: inferParameters,
  5: { kind: contents, max: TENSORS_MAX },
};

/** By the methods' names, the requests in which something comes any number of times. */
const SHAPES: Readonly<Record<string, MessageShape>> = {
  ModelInfer: {
    1: text,
    2: text,
    3: text,
    4: inferParameters,
    5: { kind: input, max: TENSORS_MAX },
    6: { kind: { 1: text, 2: inferParameters }, max: TENSORS_MAX },
    7: { kind: "bytes", max: TENSORS_MAX },
  },
  RepositoryModelLoad: repositoryRequest(),
  RepositoryModelUnload: repositoryRequest(),
};

function repositoryRequest(): MessageShape {
  return { 1: text, 2: text, 3: parameters({ 1: bool, 2: long, 3: text, 4: text }) };
}

/**
 * The service's definition for a server; requests of the methods that take lists come as `Unread`.
 *
 * @ignore Its type is grpc-js's.
 */
export const OpenInferenceUnread: ServiceDefinition = Object.fromEntries(
  Object.entries(OpenInference.service as ServiceDefinition).map(([name, method]) => {
    const shape = SHAPES[name];
    if (!shape) return [name, method];
    const requestDeserialize = (bytes: Uint8Array): Unread<unknown> => ({
      read: () => readPlain(bytes, shape, method.requestDeserialize),
    });
    return [name, { ...method, requestDeserialize }];
  }),
);

function readPlain(
  bytes: Uint8Array,
  shape: MessageShape,
  decode: (bytes: Uint8Array & Buffer) => unknown,
): unknown {
  assertPlain(bytes, shape);
  try {
    return decode(bytes as Uint8Array & Buffer);
  } catch (cause) { // what a stricter decoder than ours refuses
    throw new SmarteyeError(
      "invalid_argument",
      "Cannot read the message: it is none of the protocol's",
      {
        cause,
      },
    );
  }
}
