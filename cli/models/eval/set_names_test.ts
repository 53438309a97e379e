import assert from "node:assert/strict";
import { setNames } from "./set_names.ts";

Deno.test("data sets are called by what tells them apart", () => {
  const cases: readonly (readonly [paths: string[], names: string[]])[] = [
    [["/data/highway/test"], ["test"]],
    [["/data/highway/test", "/data/manaus/test"], ["highway", "manaus"]],
    [["/data/a/test", "/data/a/valid"], ["test", "valid"]],
    [["/data/test", "/data/a/test"], ["test", "a/test"]],
    [["/data", "/data/a"], ["data", "data/a"]],
    [["C:\\data\\a\\test", "C:\\data\\b\\test"], ["a", "b"]],
    [["/", "/data"], ["/", "data"]],
  ];
  for (const [paths, names] of cases) assert.deepEqual(setNames(paths), names);
});
