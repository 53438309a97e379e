import assert from "node:assert/strict";
import { join } from "node:path";
import { compileWat, KERNEL } from "./wasm.ts";

Deno.test("the committed .wasm is what its source compiles to", async () => {
  const path = join(import.meta.dirname!, "..", KERNEL);
  const found = await Deno.readFile(`${path}.wasm`);
  assert.deepEqual(found, await compileWat(`${path}.wat`), "deno task wasm makes it anew");
});
