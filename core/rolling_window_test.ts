import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
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

Deno.test("the newest measurements count, as long as they are recent", () => {
  const clock = new FakeClock();
  const window = new RollingWindow(2, { ageMaxMs: 100, clock });
  assert.deepEqual([window.mean(), window.newestAgoMs(), window.size], [undefined, undefined, 0]);
  window.add(1000);
  window.add(10);
  clock.jump(60);
  window.add(30);
  assert.deepEqual([window.mean(), window.newestAgoMs(), window.size], [20, 0, 2]);
  clock.jump(50);
  assert.deepEqual([window.mean(), window.newestAgoMs(), window.size], [30, 50, 1], "one is old");
  clock.jump(51);
  assert.deepEqual([window.mean(), window.newestAgoMs(), window.size], [undefined, undefined, 0]);
});

Deno.test("a window of nothing is refused", () => {
  const recency = { ageMaxMs: 1, clock: new FakeClock() };
  assert.throws(() => new RollingWindow(0, recency), /window of 0 numbers/);
});
