import assert from "node:assert/strict";
import { pickIndex, seededRng } from "./rng.ts";

const draw = (seed: number, count: number) => {
  const rng = seededRng(seed);
  return Array.from({ length: count }, rng);
};

Deno.test("the same seed gives the same numbers, another seed others", () => {
  assert.deepEqual(draw(7, 100), draw(7, 100));
  assert.notDeepEqual(draw(7, 100), draw(8, 100));
});

Deno.test("numbers lie in [0, 1) and spread evenly", () => {
  const values = draw(1, 10_000);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const tenths = Array<number>(10).fill(0);
  for (const value of values) tenths[Math.floor(value * 10)]!++;
  assert.ok(tenths.every((count) => Math.abs(count - 1000) < 120), String(tenths));
});

Deno.test("an index lies within the list, whatever the number", () => {
  const cases: [drawn: number, length: number, wanted: number][] = [
    [0, 3, 0],
    [0.34, 3, 1],
    [0.999999, 3, 2],
    [1, 3, 2],
    [0.5, 1, 0],
    [0.5, 0, 0],
  ];
  for (const [drawn, length, wanted] of cases) {
    assert.equal(pickIndex(() => drawn, length), wanted, `${drawn} of ${length}`);
  }
});
