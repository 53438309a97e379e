import assert from "node:assert/strict";
import { f1 } from "./agreement.ts";
import type { Box, Detection } from "./detection.ts";

const thing = (label: string, box: Box, score = 0.9): Detection => (
  { label, class_id: 0, score, box }
);
const A: Box = [0, 0, 10, 10];
const NEAR_A: Box = [0, 0, 10, 8];
const B: Box = [20, 0, 30, 10];

Deno.test("F1 of a picture", () => {
  const cases: [what: string, found: Detection[], truth: Detection[], wanted: number][] = [
    ["nothing where nothing is", [], [], 1],
    ["nothing where something is", [], [thing("car", A)], 0],
    ["something where nothing is", [thing("car", A)], [], 0],
    ["what is there", [thing("car", NEAR_A)], [thing("car", A)], 1],
    ["another label", [thing("bus", A)], [thing("car", A)], 0],
    ["another place", [thing("car", B)], [thing("car", A)], 0],
    ["one of two", [thing("car", A)], [thing("car", A), thing("car", B)], 2 / 3],
    ["twice the same", [thing("car", A), thing("car", NEAR_A)], [thing("car", A)], 2 / 3],
    ["an IoU of a half", [thing("car", [0, 0, 10, 5])], [thing("car", A)], 1],
    ["less than a half", [thing("car", [0, 0, 10, 4.9])], [thing("car", A)], 0],
  ];
  for (const [what, found, truth, wanted] of cases) {
    assert.ok(Math.abs(f1(found, truth) - wanted) < 1e-12, what);
  }
});

Deno.test("the surest chooses first, in whatever order they come, and takes what it overlaps most", () => {
  const truth = [thing("car", [0, 0, 10, 10]), thing("car", [0, 2, 10, 12])];
  // The surer one takes the second object; the other one has nothing left that it overlaps enough.
  const sure = thing("car", [0, 2, 10, 12], 0.9);
  const unsure = thing("car", [0, 4, 10, 14], 0.5);
  assert.equal(f1([sure, unsure], truth), f1([unsure, sure], truth));
  assert.equal(f1([unsure, sure], truth), 0.5);
});
