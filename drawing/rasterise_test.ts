import assert from "node:assert/strict";
import { along, type Point, rasterise } from "./rasterise.ts";

const box = (x1: number, y1: number, x2: number, y2: number): Point[] => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];

/** Coverage, row by row, in hundredths. */
const rows = (outlines: Point[][]) => {
  const { width, height, coverage } = rasterise(outlines);
  return Array.from(
    { length: height },
    (_, y) => [...coverage.subarray(y * width, (y + 1) * width)].map((c) => Math.round(c / 2.55)),
  );
};

Deno.test("a pixel is covered as far as the shape lies in it", () => {
  assert.deepEqual(rows([box(0.5, 0, 2.25, 1.5)]), [[50, 100, 25], [25, 50, 13]]);
  const { left, top, width, height } = rasterise([box(-2.5, -3.1, -1, 4)]);
  assert.deepEqual([left, top, width, height], [-3, -4, 2, 8]);
});

Deno.test("what an outline winds around is inside; a hole is what another one winds back", () => {
  const ring = [box(0, 0, 3, 3), box(1, 1, 2, 2).reverse()];
  assert.deepEqual(rows(ring), [[100, 100, 100], [100, 0, 100], [100, 100, 100]]);
  const overlapping = [box(0, 0, 2, 1), box(1, 0, 3, 1)];
  assert.deepEqual(rows(overlapping), [[100, 100, 100]]);
});

Deno.test("curves are followed: a circle has its area", () => {
  const arc = 4 / 3 * Math.tan(Math.PI / 8);
  const quarters: Point[][] = [
    [[1, 0], [1, arc], [arc, 1], [0, 1]],
    [[0, 1], [-arc, 1], [-1, arc], [-1, 0]],
    [[-1, 0], [-1, -arc], [-arc, -1], [0, -1]],
    [[0, -1], [arc, -1], [1, -arc], [1, 0]],
  ];
  const circle = quarters.flatMap((controls) =>
    along(controls.map(([x, y]): Point => [10 + 8 * x, 10 + 8 * y]))
  );
  const area = rasterise([circle]).coverage.reduce((sum, one) => sum + one / 255, 0);
  assert.ok(Math.abs(area - Math.PI * 64) < 1.5, `${area}`);
  assert.deepEqual(along([[0, 0], [4, 8], [8, 0]])[3], [4, 4], "half of a parabola's way");
});

Deno.test("nothing is nothing", () => {
  assert.equal(rasterise([]).coverage.length, 0);
});
