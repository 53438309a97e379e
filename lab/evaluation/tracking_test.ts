import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import drawn from "../../tests/parity/tracking/golden.json" with { type: "json" };
import { mergedScore, type NamedBox, scoreTracking } from "./tracking.ts";

const at = (id: number, x: number): NamedBox => ({ id, box: [x, 0, x + 10, 10] });
const named = (boxes: number[][]): NamedBox[] =>
  boxes.map(([id, ...box]) => ({ id: id!, box: box as unknown as Box }));

Deno.test("what is followed as it is scores 1, and nothing found scores 0", () => {
  const right = [{ truth: [at(1, 0)], found: [at(7, 0)] }, {
    truth: [at(1, 5)],
    found: [at(7, 5)],
  }];
  assert.deepEqual(scoreTracking(right), {
    objects: 2,
    falsePositives: 0,
    misses: 0,
    switches: 0,
    mota: 1,
    idf1: 1,
  });
  const { mota, idf1, misses } = scoreTracking(right.map(({ truth }) => ({ truth, found: [] })));
  assert.deepEqual([mota, idf1, misses], [0, 0, 2]);
});

Deno.test("a thing that gets another id is switched once, and half of its boxes are right", () => {
  const found = [7, 7, 8, 8];
  const score = scoreTracking(found.map((id) => ({ truth: [at(1, 0)], found: [at(id, 1)] })));
  assert.deepEqual([score.switches, score.mota, score.idf1], [1, 0.75, 0.5]);
});

Deno.test("two things whose ids are changed over while both stay near keep the ids they had", () => {
  // Both ids overlap both things: who was who before stays so as long as it fits.
  const truth = [at(1, 0), at(2, 2)];
  const score = scoreTracking([
    { truth, found: [at(7, 0), at(8, 2)] },
    { truth, found: [at(8, 0), at(7, 2)] },
  ]);
  assert.equal(score.switches, 0);
});

for (const { name, pictures, wanted } of drawn) {
  Deno.test(`motmetrics gives the same: ${name}`, () => {
    const score = scoreTracking(
      pictures.map(({ truth, found }) => ({ truth: named(truth), found: named(found) })),
    );
    for (const [key, value] of Object.entries(wanted)) {
      const got = score[key as keyof typeof score];
      assert.ok(Math.abs(got - value) < 1e-12, `${key}: ${got}, wanted ${value}`);
    }
  });
}

Deno.test("the score of several videos counts them together", () => {
  const one = scoreTracking([{ truth: [at(1, 0)], found: [at(1, 0)] }]);
  const other = scoreTracking([1, 1, 2].map((id) => ({ truth: [at(1, 0)], found: [at(id, 0)] })));
  const both = mergedScore([one, other]);
  assert.deepEqual([both.objects, both.switches, both.mota, both.idf1], [4, 1, 0.75, 0.75]);
});
