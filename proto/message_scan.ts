/**
 * Looks at a message of protobuf before it is decoded. Decoding makes an object of what may be two
 * bytes: ten megabytes of empty tensors become two gigabytes, and seven seconds.
 */

import type { Buffer } from "node:buffer";
import { SmarteyeError } from "../core/errors.ts";

/** How a field lies on the wire: a message within, bytes, or values, alone or packed. */
export interface FieldShape {
  /** What its values are; `bytes` are strings as well. */
  readonly kind: "bytes" | "varint32" | "varint64" | "fixed32" | "fixed64" | MessageShape;
  /** Values, or messages, of it that there may be in all; any number when absent. */
  readonly max?: number;
  /** It holds one value, which is never packed. */
  readonly isOne?: true;
}

/** The fields that a decoder knows, by their numbers. */
export type MessageShape = { readonly [field: number]: FieldShape };

/** How a value lies alone: protobuf's wire types. Packed ones, bytes and messages are of type 2. */
const ALONE = { varint32: 0, varint64: 0, fixed64: 1, fixed32: 5 } as const;

const PACKED = 2;

/** Bytes of a length, or of a tag, at most. */
const UINT32_BYTES = 5;

/** Bytes of any number at most. */
const VARINT_BYTES = 10;

/**
 * Holds that a message is well formed, as strictly as encoders write it, and that nothing in it is more
 * than its shape allows. What passes is decoded to about what it was counted as: protobufjs does not
 * look at a known field's wire type, nor at where the message ends that a value is in.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is malformed, `payload_too_large` when there is too
 * much of something.
 */
export function assertPlain(bytes: Uint8Array, shape: MessageShape): void {
  new Scan(bytes).message(0, bytes.length, shape);
}

/**
 * Decodes a message that is as plain as its shape says.
 *
 * @throws {SmarteyeError} as `assertPlain` does.
 */
export function decodePlain<Message>(
  bytes: Uint8Array,
  shape: MessageShape,
  decode: (bytes: Uint8Array & Buffer) => Message,
): Message {
  assertPlain(bytes, shape);
  try {
    return decode(bytes as Uint8Array & Buffer);
  } catch (cause) { // what a stricter decoder than ours refuses
    throw new SmarteyeError(
      "invalid_argument",
      "Cannot read the message: it is none of the protocol's",
      { cause },
    );
  }
}

class Scan {
  #at = 0;
  readonly #counts = new Map<FieldShape, number>();

  constructor(private readonly bytes: Uint8Array) {}

  message(from: number, to: number, shape: MessageShape): void {
    this.#at = from;
    while (this.#at < to) {
      const tag = this.#uint32(to);
      const [field, wire] = [tag >>> 3, tag & 7];
      const known = shape[field];
      const end = this.#endOfValue(wire, to);
      if (known) this.#value(known, wire, this.#at, end);
      this.#at = end;
    }
  }

  #value(field: FieldShape, wire: number, from: number, to: number): void {
    const { kind, isOne } = field;
    const isWhole = typeof kind === "object" || kind === "bytes";
    const isOfKind = isWhole ? wire === PACKED : wire === ALONE[kind] || wire === PACKED && !isOne;
    if (!isOfKind) throw malformed("a field is of another type");
    this.#count(field, isWhole || wire !== PACKED ? 1 : this.#packed(kind, from, to));
    if (!isWhole && wire !== PACKED && ALONE[kind] === 0) this.#packed(kind, from, to);
    if (typeof kind === "object") this.message(from, to, kind);
  }

  #count(field: FieldShape, more: number): void {
    const { max = Infinity } = field;
    const count = (this.#counts.get(field) ?? 0) + more;
    this.#counts.set(field, count);
    if (count <= max) return;
    throw new SmarteyeError(
      "payload_too_large",
      `Cannot read the message: it has more than ${max} of something, at most so many are wanted`,
    );
  }

  /** How many values there are between the two. */
  #packed(kind: keyof typeof ALONE, from: number, to: number): number {
    if (kind === "fixed32" || kind === "fixed64") {
      const count = (to - from) / (kind === "fixed32" ? 4 : 8);
      if (Number.isInteger(count)) return count;
      throw malformed("packed values are cut");
    }
    let count = 0;
    for (let at = from; at < to; count++) {
      const end = this.#endOfVarint(at, to);
      const length = end - at;
      // protobufjs takes what is longer than five bytes for one of ten.
      if (kind === "varint32" && length > UINT32_BYTES && length < VARINT_BYTES) {
        throw malformed("a number is of a length that no encoder writes");
      }
      at = end;
    }
    return count;
  }

  /** Where a value ends; `#at` is moved to where it begins. */
  #endOfValue(wire: number, to: number): number {
    if (wire === 0) return this.#endOfVarint(this.#at, to);
    const length = wire === PACKED ? this.#uint32(to) : wire === 1 ? 8 : wire === 5 ? 4 : NaN;
    const end = this.#at + length;
    if (end <= to) return end; // never of no number
    throw malformed(Number.isNaN(length) ? `there is a wire type ${wire}` : "a field is cut");
  }

  #endOfVarint(from: number, to: number): number {
    for (let at = from; at < Math.min(to, from + VARINT_BYTES); at++) {
      if (this.bytes[at]! < 0x80) return at + 1;
    }
    throw malformed("a number does not end");
  }

  #uint32(to: number): number {
    const end = this.#endOfVarint(this.#at, to);
    let value = 0;
    for (let at = end - 1; at >= this.#at; at--) value = value * 128 + (this.bytes[at]! & 0x7f);
    if (end - this.#at > UINT32_BYTES || value > 0xffff_ffff) {
      throw malformed("a tag or a length is too long");
    }
    this.#at = end;
    return value;
  }
}

function malformed(why: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot read the message: ${why}`);
}
