/** Files of weights, as bytes that a runtime may be given. */

import { createHash } from "node:crypto";
import { FILE_BYTES_MAX } from "../../models/onnx_file.ts";

/** Bytes that are read and hashed at once: a moment, for whoever else the thread serves. */
const CHUNK_BYTES = 1 << 18;

/** Reads a file of weights. @throws {Error} when it cannot be read, or is larger than any can be. */
export async function readWeights(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await Deno.stat(path);
  assertSize(size);
  return await Deno.readFile(path);
}

/**
 * Reads a file of weights piece by piece, and checks what was read.
 *
 * @param sha256 of the weights that are wanted.
 * @throws {Error} when it cannot be read, is larger than any can be, or has other bytes.
 */
export async function readRightWeights(
  path: string,
  sha256: string,
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  assertSize(size);
  const bytes = new Uint8Array(size);
  const hash = createHash("sha256");
  for (let length = 0; length < size;) {
    const n = await file.read(bytes.subarray(length, length + CHUNK_BYTES));
    if (n === null) throw new Error(`it ended at ${length} of ${size} bytes while it was read`);
    hash.update(bytes.subarray(length, length + n));
    length += n;
  }
  assertSame(hash.digest("hex"), sha256);
  return bytes;
}

/** Gives the memory of weights back at once: nobody may look at them any more. */
export function giveBack(weights: Uint8Array<ArrayBuffer>): void {
  weights.buffer.transfer(0);
}

/** Checks that weights are those of a manifest. @throws {Error} saying both sums when they are not. */
export function assertSha256(weights: Uint8Array, wanted: string): void {
  assertSame(createHash("sha256").update(weights).digest("hex"), wanted);
}

function assertSize(size: number): void {
  if (size <= FILE_BYTES_MAX) return;
  throw new Error(`it has ${size} bytes, an ONNX file has at most ${FILE_BYTES_MAX}`);
}

function assertSame(sha256: string, wanted: string): void {
  if (sha256 !== wanted) throw new Error(`its sha256 is ${sha256}, ${wanted} is wanted`);
}
