import assert from "node:assert/strict";
import { percentile, RollingWindow } from "./rolling_window.ts";

Deno.test("percentiles go by nearest rank", () => {
  const cases: [values: number[], p: number, wanted: number | undefined][] = [
    [[], 50, undefined],
    [[7], 0, 7],
    [[7], 99, 7],
    [[3, 1, 2], 50, 2],
    [[4, 1, 3, 2], 50, 2],
    [[4, 1, 3, 2], 75, 3],
    [[4, 1, 3, 2], 76, 4],
    [[4, 1, 3, 2], 0, 1],
    [[4, 1, 3, 2], 100, 4],
    [Array.from({ length: 100 }, (_, i) => 100 - i), 95, 95],
  ];
  for (const [values, p, wanted] of cases) {
    const before = [...values];
    assert.equal(percentile(values, p), wanted, `p${p} of [${values}]`);
    assert.deepEqual(values, before, "the values are left as they are");
  }
});

Deno.test("a window forgets the oldest", () => {
  const window = new RollingWindow(3);
  assert.deepEqual([window.size, window.mean(), window.percentile(50)], [0, undefined, undefined]);
  for (const value of [100, 1, 2]) window.add(value);
  assert.equal(window.percentile(100), 100);
  window.add(3);
  assert.deepEqual([window.size, window.mean(), window.percentile(100)], [3, 2, 3]);
});

Deno.test("a window without room is refused", () => {
  for (const size of [0, -3, 0.5, Infinity]) {
    assert.throws(() => new RollingWindow(size), RangeError);
  }
});
