import assert from "node:assert/strict";
import {
  alongLine,
  areaOf,
  crossingSides,
  distanceToSegment,
  isInside,
  type Point,
  sideOfLine,
} from "./geometry.ts";

const SQUARE: readonly Point[] = [[0, 0], [10, 0], [10, 10], [0, 10]];
const HOOK: readonly Point[] = [[0, 0], [10, 0], [10, 10], [6, 10], [6, 4], [0, 4]];

for (
  const [name, polygon, point, inside] of [
    ["the middle of a square", SQUARE, [5, 5], true],
    ["beside a square", SQUARE, [11, 5], false],
    ["at a corner's height", SQUARE, [-1, 10], false],
    ["in a hook's arm", HOOK, [8, 9], true],
    ["in a hook's notch", HOOK, [3, 7], false],
    ["at an edge's height in a hook", HOOK, [8, 4], true],
    ["wound the other way", SQUARE.toReversed(), [5, 5], true],
  ] as const
) {
  Deno.test(`inside or not: ${name}`, () => assert.equal(isInside(point, polygon), inside));
}

Deno.test("right of a line is right of who looks along it, in the picture", () => {
  assert.equal(sideOfLine([5, 3], [0, 0], [10, 0]), 3); // to the right: below
  assert.equal(sideOfLine([5, -3], [0, 0], [10, 0]), -3);
  assert.equal(sideOfLine([3, 5], [0, 10], [0, 0]), 3); // upwards: on the right
  assert.equal(sideOfLine([1, 1], [2, 2], [2, 2]), 0);
});

Deno.test("distances and places along a line", () => {
  assert.equal(distanceToSegment([5, 2], [0, 0], [10, 0]), 2);
  assert.equal(distanceToSegment([13, 4], [0, 0], [10, 0]), 5);
  assert.equal(alongLine([5, 7], [0, 0], [10, 0]), 0.5);
  assert.equal(alongLine([-5, 0], [0, 0], [10, 0]), -0.5);
  assert.equal(areaOf(HOOK), 64);
});

for (
  const [name, polygon, sides] of [
    ["a square", SQUARE, undefined],
    ["a hook", HOOK, undefined],
    ["a bow tie", [[0, 0], [10, 10], [10, 0], [0, 10]], [0, 2]],
    ["a corner on a side", [[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]], [0, 2]],
    ["a side that goes back", [[0, 0], [10, 0], [4, 0], [4, 10]], [0, 1]],
    ["the same corner twice", [[0, 0], [10, 0], [10, 0], [4, 10]], [0, 1]],
  ] as const
) {
  Deno.test(`sides that meet: ${name}`, () => assert.deepEqual(crossingSides(polygon), sides));
}
