import assert from "node:assert/strict";
import { unknownClasses } from "./unknown_classes.ts";

Deno.test("a zone's class that no model finds is told, with what may be meant", () => {
  const labels = new Set(["person", "car"]);
  const zones = [
    { name: "door", classes: ["person", "persn"] },
    { name: "yard", classes: [] },
    { name: "gate", classes: ["zeppelin"] },
  ];
  assert.deepEqual(unknownClasses(zones, labels), [
    '[zone:door] waits for "persn", which no model here finds (did you mean "person"?)',
    '[zone:gate] waits for "zeppelin", which no model here finds',
  ]);
});
