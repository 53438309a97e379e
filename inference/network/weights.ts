/** Files of weights, as bytes that a runtime may be given. */

import { createHash } from "node:crypto";
import { FILE_BYTES_MAX } from "../../models/onnx_file.ts";

/** Reads a file of weights. @throws {Error} when it cannot be read, or is larger than any can be. */
export async function readWeights(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await Deno.stat(path);
  if (size > FILE_BYTES_MAX) {
    throw new Error(`it has ${size} bytes, an ONNX file has at most ${FILE_BYTES_MAX}`);
  }
  return await Deno.readFile(path);
}

/** Checks that weights are those of a manifest. @throws {Error} saying both sums when they are not. */
export function assertSha256(weights: Uint8Array, wanted: string): void {
  const sha256 = createHash("sha256").update(weights).digest("hex");
  if (sha256 !== wanted) throw new Error(`its sha256 is ${sha256}, ${wanted} is wanted`);
}
