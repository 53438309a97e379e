import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { RecentWindow } from "./recent_window.ts";

Deno.test("the newest measurements count, as long as they are recent", () => {
  const clock = new FakeClock();
  const window = new RecentWindow(2, 100, clock);
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
  assert.throws(() => new RecentWindow(0, 1, new FakeClock()), /window of 0 numbers/);
});
