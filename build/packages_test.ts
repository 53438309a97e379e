/** Tests of what is left out of the npm packages. */

import assert from "node:assert/strict";
import { isFor, isNeeded, type Platform } from "./packages.ts";

const LINUX: Platform = { os: "linux", cpu: "x64", libc: "glibc" };
const MAC: Platform = { os: "darwin", cpu: "arm64", libc: undefined };

Deno.test("a package is for the platforms that its package.json names", () => {
  const cases: [object, Platform, boolean][] = [
    [{}, LINUX, true],
    [{ os: ["linux"], cpu: ["x64"], libc: ["glibc"] }, LINUX, true],
    [{ os: ["linux"], cpu: ["x64"], libc: ["musl"] }, LINUX, false],
    [{ os: ["linux"], cpu: ["arm64"] }, LINUX, false],
    [{ os: ["darwin"] }, LINUX, false],
    [{ os: ["darwin"], cpu: ["arm64"] }, MAC, true],
    [{ os: ["!win32"] }, MAC, true],
    [{ os: ["!darwin"] }, MAC, false],
  ];
  for (const [packageJson, platform, expected] of cases) {
    assert.equal(isFor(packageJson, platform), expected, JSON.stringify(packageJson));
  }
});

Deno.test("only what runs here is kept, and every licence", () => {
  const named = (specifier: string) => specifier === "@fontsource/x/files/x-700.woff";
  const cases: [string, string, boolean][] = [
    ["zod", "index.js", true],
    ["zod", "package.json", true],
    ["zod", "index.d.cts", false],
    ["zod", "src/index.ts", false],
    ["zod", "index.js.map", false],
    ["zod", "README.md", false],
    ["zod", "LICENSE.md", true],
    ["zod", "docs/index.js", false],
    ["zod", "lib/docs/index.js", true],
    ["grpc-health-check", "proto/health/v1/health.proto", true],
    ["@fontsource/x", "files/x-700.woff", true],
    ["@fontsource/x", "files/x-400.woff", false],
    ["@fontsource/x", "files/x-700.woff2", false],
    ["@fontsource/x", "package.json", true],
    ["onnxruntime-node", "dist/binding.js", true],
    ["onnxruntime-node", "bin/napi-v6/linux/x64/libonnxruntime.so.1", true],
    ["onnxruntime-node", "bin/napi-v6/linux/arm64/libonnxruntime.so.1", false],
    ["onnxruntime-node", "bin/napi-v6/win32/x64/onnxruntime.dll", false],
  ];
  for (const [name, path, expected] of cases) {
    assert.equal(isNeeded(name, path, LINUX, named), expected, `${name}/${path}`);
  }
});
