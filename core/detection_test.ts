import assert from "node:assert/strict";
import { type Box, type Findings, iou, scaleFindings } from "./detection.ts";

Deno.test("intersection over union", () => {
  const cases: [why: string, a: Box, b: Box, wanted: number][] = [
    ["the same", [0, 0, 10, 10], [0, 0, 10, 10], 1],
    ["apart", [0, 0, 10, 10], [20, 0, 30, 10], 0],
    ["edge to edge", [0, 0, 10, 10], [10, 0, 20, 10], 0],
    ["half over", [0, 0, 10, 10], [5, 0, 15, 10], 1 / 3],
    ["within", [0, 0, 10, 10], [0, 0, 5, 10], 0.5],
    ["a quarter over", [0, 0, 2, 2], [1, 1, 3, 3], 1 / 7],
    ["no area", [5, 5, 5, 5], [0, 0, 10, 10], 0],
  ];
  for (const [why, a, b, wanted] of cases) {
    assert.ok(Math.abs(iou(a, b) - wanted) < 1e-12, why);
    assert.equal(iou(a, b), iou(b, a), `${why}: the order does not matter`);
  }
});

Deno.test("findings move from one size of the scene to another", () => {
  const seen = { label: "car", class_id: 2, score: 0.9 };
  const small: Findings = { detections: [{ ...seen, box: [10, 20, 30, 40] }] };
  assert.deepEqual(
    scaleFindings(small, { width: 320, height: 180 }, { width: 1280, height: 360 }),
    { detections: [{ ...seen, box: [40, 40, 120, 80] }] },
  );
});

Deno.test("findings of the same size, and classes of a whole picture, stay as they are", () => {
  const size = { width: 320, height: 180 };
  const detections: Findings = { detections: [] };
  assert.equal(scaleFindings(detections, size, { ...size }), detections);
  const classes: Findings = { classifications: [{ label: "cat", class_id: 1, score: 0.5 }] };
  assert.equal(scaleFindings(classes, size, { width: 1, height: 1 }), classes);
});
