import assert from "node:assert/strict";
import { boundedScores } from "./bounded_scores.ts";

const box = [0, 0, 1, 1] as const;

Deno.test("scores that are a little out of bounds are brought back and counted", () => {
  const scored = (scores: readonly number[]) => ({
    detections: scores.map((score, class_id) => ({ label: "car", class_id, score, box })),
  });
  const { findings, clamped } = boundedScores(scored([1.004, -0.001, 0, 0.5, 1, NaN]));
  assert.deepEqual([findings, clamped], [scored([1, 0, 0, 0.5, 1, 0]), 3]);
});

Deno.test("what is within bounds is left as it is, classes too", () => {
  const fine = { classifications: [{ label: "cat", class_id: 1, score: 0.5 }] };
  const bounded = boundedScores(fine);
  assert.equal(bounded.findings, fine);
  assert.equal(bounded.clamped, 0);
  const over = { classifications: [{ label: "cat", class_id: 1, score: 1.01 }] };
  assert.deepEqual(boundedScores(over), {
    findings: { classifications: [{ label: "cat", class_id: 1, score: 1 }] },
    clamped: 1,
  });
});
