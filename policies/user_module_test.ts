import assert from "node:assert/strict";
import { isModulePath } from "./user_module.ts";

Deno.test("a policy is named by a path where it has a slash or ends like a module", () => {
  const paths = ["./mine", "mine.ts", "mine.mts", "mine.cjs", "a\\b", "/abs/mine.js", "file:///a"];
  for (const path of paths) assert.equal(isModulePath(path), true, path);
  for (const name of ["round_robin", "mine", "mine.tsx", "ts", "v1.2"]) {
    assert.equal(isModulePath(name), false, name);
  }
});
