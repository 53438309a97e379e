import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import { displacement } from "./displacement.ts";

const CASES: readonly (readonly [what: string, from: Box, to: Box, x: number, y: number])[] = [
  ["a thing that goes", [10, 10, 30, 70], [15, 8, 35, 68], 5, -2],
  ["a little jitter", [10, 10, 30, 70], [11, 10, 32, 71], 1.5, 0.5],
  ["legs that come out from behind a car", [10, 10, 30, 30], [10, 10, 30, 70], 0, 0],
  ["legs that come out while it goes", [10, 10, 30, 30], [14, 11, 34, 70], 4, 1],
  ["a car that drives behind a bus", [10, 10, 110, 50], [16, 10, 60, 50], 6, 0],
  ["legs that swing", [10, 10, 20, 70], [4, 10, 28, 70], 1, 0],
];
for (const [what, from, to, x, y] of CASES) {
  Deno.test(`displacement: ${what}`, () => {
    assert.deepEqual(displacement(from, to), { x, y });
  });
}
