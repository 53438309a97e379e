import assert from "node:assert/strict";
import { briefReference, compareVersions, isMeant, parseReference } from "./reference.ts";

Deno.test("versions are ordered by their numbers, and different ones are never equal", () => {
  const sorted = [
    "01",
    "1",
    "1.0-rc1",
    "1.2",
    "1.9",
    "1.10",
    "2",
    "10",
    "2024-12-31",
    "2025-01-01",
    "a",
    "b2",
    "b10",
  ];
  for (const [i, a] of sorted.entries()) {
    for (const [j, b] of sorted.entries()) {
      assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a}, ${b}`);
    }
  }
});

Deno.test("a reference means a version, or any where it names none", () => {
  const model = { name: "a.b", version: "2" };
  const means = (reference: string) => isMeant(parseReference(reference), model);
  assert.deepEqual(["a.b", "a.b@2", "a.b@3", "a.b@", "a", "@2", ""].map(means), [
    ...[true, true],
    ...[false, false, false, false, false],
  ]);
  assert.deepEqual(
    [briefReference(model), briefReference({ name: "a", version: "1" })],
    ["a.b@2", "a"],
  );
});
