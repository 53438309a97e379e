/**
 * Compiles `inference/network/bilinear.wat` into the `.wasm` beside it: `deno task wasm`. The result is
 * committed, so that nobody needs the compiler who does not change the source.
 */

import { join } from "node:path";
import openWabt from "wabt";

/** Where the source is, from the project's directory, without its ending. */
export const KERNEL = "inference/network/bilinear";

/** The bytes of the module that a text in the WebAssembly text format is. */
export async function compileWat(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const wabt = await openWabt();
  const module = wabt.parseWat(path, await Deno.readTextFile(path), { simd: true });
  try {
    module.validate();
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

if (import.meta.main) {
  const path = join(import.meta.dirname!, "..", KERNEL);
  await Deno.writeFile(`${path}.wasm`, await compileWat(`${path}.wat`));
}
