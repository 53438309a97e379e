import assert from "node:assert/strict";
import { dominates, paretoFront } from "./pareto.ts";
import { seededRng } from "../../core/rng.ts";

Deno.test("dominates: no worse in anything, better in something", () => {
  assert.ok(dominates([1, 2], [1, 3]));
  assert.ok(dominates([1, 2], [1, Infinity]));
  assert.ok(!dominates([1, 2], [1, 2]), "the same");
  assert.ok(!dominates([1, 3], [2, 2]), "better and worse");
  assert.ok(!dominates([Infinity], [Infinity]));
});

Deno.test("a front: by hand", () => {
  const points = [[1, 9], [2, 5], [3, 5], [4, 1], [4, 1], [9, 9]];
  assert.deepEqual(paretoFront(points, (point) => point), [[1, 9], [2, 5], [4, 1], [4, 1]]);
  assert.deepEqual(paretoFront([], () => [0]), []);
});

Deno.test("a front: none of it is dominated, and all else is by one of it", () => {
  const rng = seededRng(3);
  for (let round = 0; round < 50; round++) {
    const points = Array.from({ length: 40 }, () => [0, 0, 0].map(() => Math.floor(rng() * 6)));
    const front = paretoFront(points, (point) => point);
    for (const point of points) {
      const isDominated = front.some((other) => dominates(other, point));
      assert.equal(isDominated, !front.includes(point));
    }
  }
});
