/** Tensors as the Open Inference Protocol has them, over gRPC and over HTTP alike. */

import { Buffer } from "node:buffer";
import { SmarteyeError } from "../core/errors.ts";
import { ELEMENT_ARRAYS, type ElementType, type Tensor } from "../core/tensor.ts";

/** A tensor of byte strings: encoded images on the way in, names on the way out. */
export interface BytesTensor {
  /** Which input or output it is. */
  readonly name: string;
  /** Told from tensors of numbers by it. */
  readonly type: "bytes";
  /** Its shape. */
  readonly dims: readonly number[];
  /** Its elements: as many as `dims` multiply to. */
  readonly data: readonly Uint8Array[];
}

/** A tensor as the protocol has it. */
export type OpenTensor = Tensor | BytesTensor;

/** What the protocol says of a tensor beside its elements. */
export interface TensorHead {
  /** Which input or output it is. */
  readonly name: string;
  /** As the protocol calls the type of its elements: `FP32`, `BYTES` … */
  readonly datatype: string;
  /** Its shape. */
  readonly shape: readonly number[];
}

/** The protocol's names of types. */
const DATATYPES: Readonly<Record<ElementType | "bytes", string>> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  bytes: "BYTES",
};

const TYPES = new Map(
  Object.entries(DATATYPES).map(([type, name]) => [name, type as keyof typeof DATATYPES]),
);

/** Bytes before each byte string: its length, little-endian. */
const LENGTH_BYTES = 4;

/** The protocol's name of a type. */
export function datatypeOf(type: OpenTensor["type"]): string {
  return DATATYPES[type];
}

/**
 * The type that the protocol calls so.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none.
 */
export function typeOfDatatype({ name, datatype }: TensorHead): OpenTensor["type"] {
  const type = TYPES.get(datatype);
  if (type) return type;
  const wanted = [...TYPES.keys()].join(", ");
  throw refused(name, `its datatype is "${datatype}", one of ${wanted} is wanted`);
}

/**
 * How many elements a shape has.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is none.
 */
export function elementsOf({ name, shape }: TensorHead): number {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const isShape = shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
  if (isShape && Number.isSafeInteger(count)) return count;
  throw refused(name, `its shape is [${shape.join(", ")}], whole numbers from 0 are wanted`);
}

/**
 * A tensor of its elements' bytes: little-endian, row by row, byte strings each after its length in
 * four bytes. A single byte string may come without its length, as images do to OpenVINO Model Server.
 *
 * @returns a tensor that owns its memory, or whose byte strings are parts of `bytes`.
 * @throws {SmarteyeError} `invalid_argument` when they are not as many as the shape and type want.
 */
export function tensorOfBytes(head: TensorHead, bytes: Uint8Array): OpenTensor {
  const { name, datatype, shape: dims } = head;
  const type = typeOfDatatype(head);
  const count = elementsOf(head);
  if (type === "bytes") return { name, type, dims, data: stringsOf(head, count, bytes) };
  const { BYTES_PER_ELEMENT } = ELEMENT_ARRAYS[type];
  if (bytes.length !== count * BYTES_PER_ELEMENT) {
    throw refused(
      name,
      `it is ${datatype} [${dims.join(", ")}] and came with ${bytes.length} bytes, ` +
        `${count * BYTES_PER_ELEMENT} are wanted`,
    );
  }
  const data = new ELEMENT_ARRAYS[type](new Uint8Array(bytes).buffer);
  return { name, type, dims, data } as Tensor;
}

/** A tensor's elements as bytes, as `tensorOfBytes` takes them. */
export function bytesOfTensor({ type, data }: OpenTensor): Uint8Array {
  if (type !== "bytes") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const whole = Buffer.alloc(data.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const element of data) {
    at = whole.writeUInt32LE(element.length, at);
    whole.set(element, at);
    at += element.length;
  }
  return whole;
}

function stringsOf(head: TensorHead, count: number, bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: Uint8Array[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= bytes.length) {
    const end = at + LENGTH_BYTES + view.getUint32(at, true);
    if (end > bytes.length || strings.length === count) break;
    strings.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  if (at === bytes.length && strings.length === count) return strings;
  if (count === 1) return [bytes];
  throw refused(
    head.name,
    `it is BYTES [${
      head.shape.join(", ")
    }] and its ${bytes.length} bytes are not ${count} strings, ` +
      `each after its length in four bytes, little-endian`,
  );
}

function refused(name: string, problem: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot take the tensor "${name}": ${problem}`);
}
