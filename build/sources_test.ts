/** Tests that all that the program needs is found, by following main.ts. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { filesBeside, findSources, packagesOf, runtimeConfig } from "./sources.ts";

Deno.test("main.ts leads to roles, Workers, protocols and manifests, and to no test", async () => {
  const sources = await findSources(join(import.meta.dirname!, ".."));
  for (const path of ["main.ts", "edge/role.ts", "edge/capture/video.ts", "inference/role.ts"]) {
    assert.ok(sources.modules.includes(path), path);
  }
  assert.ok(sources.modules.includes("models/manifests/fastestdet.json"));
  assert.ok(sources.workers.includes("inference/workers/worker.ts"));
  for (const name of ["smarteye", "open_inference", "msg_transfer", "orca"]) {
    assert.ok(sources.assets.includes(`proto/${name}.proto`), name);
  }
  for (const asset of ["web/ui/shell.css", "edge/ui/live.css", "edge/ui/browser/source.js"]) {
    assert.ok(sources.assets.includes(asset), asset);
  }
  assert.ok(sources.modules.includes("web/ui/shell.tsx"));
  assert.deepEqual(sources.modules.filter((path) => /_test\.ts$|^(build|tests)\//.test(path)), []);

  const packages = packagesOf(sources);
  // The typeface is resolved, not imported.
  for (const name of ["sharp", "node-av", "pure-rand", "@fontsource/dejavu-sans"]) {
    assert.ok(packages.includes(name), name);
  }
});

Deno.test("files that a module names beside itself are found", () => {
  const text = `a(new URL("./x.proto", import.meta.url), new URL(
    "../weights/",
    import.meta.url,
  ), new URL("./no.txt", base), new URL("/image_handler", import.meta.url))`;
  assert.deepEqual(filesBeside(text, "proto/codec.ts"), ["proto/x.proto", "weights"]);
});

Deno.test("the built program is configured to look for nothing", () => {
  const config = JSON.parse(runtimeConfig());
  assert.equal(config.nodeModulesDir, "manual");
  assert.equal(config.imports, undefined);
  assert.deepEqual(config.compilerOptions, { jsx: "react-jsx", jsxImportSource: "hono/jsx" });
  assert.match(config.version, /^\d+\.\d+\.\d+/);
});
