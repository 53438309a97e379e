/** Tensors of the Open Inference Protocol that come as JSON: row by row, flat or nested. */

import { Buffer } from "node:buffer";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { ELEMENT_ARRAYS, type ElementType, type Tensor } from "../core/tensor.ts";
import {
  elementsOf,
  type OpenTensor,
  type TensorHead,
  typeOfDatatype,
} from "./open_inference_tensors.ts";

/** Byte strings of a tensor at most, each of which becomes an object; one of them is an image. */
const STRINGS_MAX = 1024;

/** How the text of a `BYTES` tensor's elements stands for their bytes. */
export type TextEncoding = "utf8" | "base64";

/**
 * Parses JSON. Where there are tensors of 64 bits, whole numbers that a `number` cannot hold come as
 * `bigint`.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is no JSON in UTF-8.
 */
export function parseExactly(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Reviving takes many times as long as parsing.
    return /"U?INT64"/.test(text) ? JSON.parse(text, revived) : JSON.parse(text);
  } catch (cause) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the request: ${messageOf(cause)}, JSON in UTF-8 is wanted`,
      { cause },
    );
  }
}

/**
 * A tensor of what JSON has as its data.
 *
 * @param data its elements, flat or nested as its shape says.
 * @param encoding of the elements of a `BYTES` tensor.
 * @throws {SmarteyeError} `invalid_argument` when they are not what its type and shape want.
 */
export function tensorOfJson(
  head: TensorHead,
  data: readonly unknown[],
  encoding: TextEncoding,
): OpenTensor {
  const { name, shape: dims } = head;
  const type = typeOfDatatype(head);
  const count = elementsOf(head);
  if (type === "bytes" && count > STRINGS_MAX) {
    throw refused(head, `would be ${count} strings`, `at most ${STRINGS_MAX}`);
  }
  const values = data.some(Array.isArray) ? flattened(head, data) : data;
  if (values.length !== count) throw refused(head, `came with ${values.length} values`, `${count}`);
  if (type === "float16") throw refused(head, "came as JSON", "as bytes");
  if (type === "bytes") {
    return { name, type, dims, data: values.map((value) => bytesOf(head, value, encoding)) };
  }
  const elements = new ELEMENT_ARRAYS[type](count);
  for (let i = 0; i < count; i++) elements[i] = elementOf(head, type, values[i]);
  const wrong = values.findIndex((value, i) => !isKept(type, value, elements[i]!));
  if (wrong === -1) return { name, type, dims, data: elements } as Tensor;
  throw refused(head, `has the value ${values[wrong]}`, head.datatype);
}

function revived(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const digits = context?.source ?? "";
  return /^-?\d+$/.test(digits) ? BigInt(digits) : value;
}

/** @throws {SmarteyeError} `invalid_argument` when it is nested in another way than its shape. */
function flattened(head: TensorHead, data: readonly unknown[]): unknown[] {
  const flat: unknown[] = [];
  const take = (value: unknown, depth: number) => {
    if (depth === head.shape.length && !Array.isArray(value)) return void flat.push(value);
    if (!Array.isArray(value) || value.length !== head.shape[depth]) {
      throw refused(head, "is nested in another way than its shape says", "flat, or nested so");
    }
    for (const one of value) take(one, depth + 1);
  };
  take(data, 0);
  return flat;
}

function bytesOf(head: TensorHead, value: unknown, encoding: TextEncoding): Uint8Array {
  if (typeof value !== "string") throw refused(head, `has the value ${said(value)}`, "text");
  if (encoding === "utf8") return new TextEncoder().encode(value);
  const bytes = Buffer.from(value, "base64");
  // Node's reads over whatever is not base64.
  if (bytes.toString("base64") === value.trim()) return new Uint8Array(bytes);
  throw refused(head, `has ${value.length} characters that are no base64`, "base64");
}

function elementOf(head: TensorHead, type: ElementType, value: unknown): never {
  if (type === "bool" && typeof value === "boolean") return Number(value) as never;
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (type === "bool" || !isNumber) {
    throw refused(head, `has the value ${said(value)}`, head.datatype);
  }
  if (type !== "int64" && type !== "uint64") return Number(value) as never;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return BigInt(value) as never;
  throw refused(head, `has the value ${value}`, head.datatype);
}

/** Whether a value is the element that was made of it; of less than double precision, about so. */
function isKept(type: ElementType, value: unknown, element: number | bigint): boolean {
  switch (type) {
    case "bool":
      return true;
    case "float32":
    case "float64":
      return Number.isFinite(element);
    case "int64":
    case "uint64":
      return BigInt(value as number) === element;
    default:
      return Number(value) === element;
  }
}

function said(value: unknown): string {
  // An object from outside is not to be turned into text by its own means.
  return typeof value === "object" && value !== null ? "{…}" : String(value).slice(0, 100);
}

function refused({ name, datatype, shape }: TensorHead, found: string, wanted: string) {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot take the tensor "${name}": it is ${datatype} [${shape.join(", ")}] and ${found}, ` +
      `${wanted} is wanted`,
  );
}
