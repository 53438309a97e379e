import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import { assertOffered, parametersOf } from "./open_inference.ts";

Deno.test("parameters are read, as numbers or as their digits; those of other servers are left", () => {
  assert.deepEqual(parametersOf({ score_threshold: "0.5", sequence_id: 7 }), {
    scoreThreshold: 0.5,
  });
  const cases: [given: Record<string, unknown>, read: object][] = [
    [{ priority: 0 }, { priority: "interactive" }],
    [{ priority: "1" }, { priority: "interactive" }],
    [{ priority: "2" }, { priority: "background" }],
    [{ timeout: "0" }, {}],
    [{ timeout: 2500 }, { timeoutMs: 2.5 }],
  ];
  for (const [given, read] of cases) assert.deepEqual(parametersOf(given), read);
});

Deno.test("a parameter that is none is refused", () => {
  const cases: Record<string, unknown>[] = [
    ...[-0.1, 1.1, NaN, "", "high", true, undefined].map((score_threshold) => ({
      score_threshold,
    })),
    ...[-1, 1.5, "first", false].map((priority) => ({ priority })),
    ...[-1, "soon", null].map((timeout) => ({ timeout })),
  ];
  for (const given of cases) {
    assert.throws(
      () => parametersOf(given),
      (error) => error instanceof SmarteyeError && error.code === "invalid_argument",
      JSON.stringify(given),
    );
  }
});

Deno.test("what would be another answer is not left out in silence", () => {
  assertOffered("x", { binary_data: true });
  assert.throws(() => assertOffered("x", { classification: 3 }), /"x" with the parameter classif/);
  assert.throws(() => assertOffered("x", { shared_memory_region: "a" }), /shared_memory_region/);
});
