import assert from "node:assert/strict";
import { unknownClasses } from "./unknown_classes.ts";

Deno.test("a label of a zone or rule that no model finds is told, with what may be meant", () => {
  const labels = new Set(["person", "car"]);
  const waiting = [
    ["zone:door", ["person", "persn"]],
    ["zone:yard", []],
    ["rule:gate", ["zeppelin"]],
  ] as const;
  assert.deepEqual(unknownClasses(waiting, labels), [
    '[zone:door] waits for "persn", which no model here finds (did you mean "person"?)',
    '[rule:gate] waits for "zeppelin", which no model here finds',
  ]);
});
