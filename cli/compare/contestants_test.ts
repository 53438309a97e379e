import assert from "node:assert/strict";
import { contestantsOf } from "./contestants.ts";

const names = (policies: string[], models: string[] = []) =>
  contestantsOf(policies, models).map(({ name }) => name);

Deno.test("contestants are named by what tells them from each other", () => {
  assert.deepEqual(names(["a", "b"]), ["a", "b"]);
  assert.deepEqual(names(["a"], ["m", "n@2"]), ["m", "n@2"]);
  assert.deepEqual(names(["a", "b"], ["m", "n"]), ["a+m", "a+n", "b+m", "b+n"]);
  assert.deepEqual(names(["a", "a"], ["m", "m"]), ["m"], "what is the same is played once");
});

Deno.test("no two names are the same, and each may be that of a directory", () => {
  assert.deepEqual(names(["./x/mine.ts", "./y/Mine.ts", "mine"]), ["mine", "Mine_2", "mine_3"]);
  assert.deepEqual(names(["./ä b:c.ts", "./..ts"]), ["-b-c", "policy"]);
  assert.ok(names([`./${"x".repeat(300)}.ts`])[0]!.length <= 64);
});
