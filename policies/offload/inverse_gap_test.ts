import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { drawn, inverseGapWeights } from "./inverse_gap.ts";

Deno.test("the less a choice is worth, the more rarely it is tried", () => {
  // 1 / (3 + 10 × gap) each, as in the paper's algorithm 1.
  const weights = inverseGapWeights([0.5, 0.3, 0.1], 10, 1);
  assert.deepEqual(weights.map((one) => one.toFixed(6)), [
    (1 - 1 / 5 - 1 / 7).toFixed(6),
    (1 / 5).toFixed(6),
    (1 / 7).toFixed(6),
  ]);
  assert.deepEqual(inverseGapWeights([0.4], 10, 1), [1]);
  assert.deepEqual(inverseGapWeights([1, 2], 10, 0), [0, 1]);
});

Deno.test("all but the best have a bounded share, in the same proportions", () => {
  const weights = inverseGapWeights([0.5, 0.3, 0.1], 10, 0.1);
  assert.ok(Math.abs(weights[0]! - 0.9) < 1e-12);
  assert.ok(Math.abs(weights[1]! / weights[2]! - 7 / 5) < 1e-12);
});

Deno.test("choices are drawn as probable as they are, and never one that is not", () => {
  const rng = seededRng(3);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 20_000; i++) counts[drawn([0.1, 0, 0.7, 0.2], rng)]!++;
  for (const [at, share] of [0.1, 0, 0.7, 0.2].entries()) {
    assert.ok(Math.abs(counts[at]! / 20_000 - share) < 0.012, `${at}: ${counts[at]}`);
  }
  assert.equal(counts[1], 0);
  assert.equal(drawn([0.5, 0.5 - 1e-17, 0], () => 1 - 1e-17), 1, "what rounding leaves over");
});
