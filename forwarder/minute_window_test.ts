import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { MinuteWindow, WINDOW_S } from "./minute_window.ts";

Deno.test("what is older than a minute counts no more, second by second", () => {
  const clock = new FakeClock();
  const window = new MinuteWindow(clock);
  for (let second = 0; second < 90; second++) {
    for (let n = 0; n < second; n++) window.add(second);
    const known = Array.from({ length: second + 1 }, (_, i) => i).slice(-WINDOW_S);
    assert.equal(window.count, known.reduce((sum, count) => sum + count, 0), `${second}`);
    const seconds = window.seconds();
    assert.deepEqual(seconds.at(-1), second === 0 ? { count: 0 } : { count: second, mean: second });
    assert.equal(seconds.length, WINDOW_S);
    clock.jump(1000);
  }
  clock.jump(61_000);
  assert.equal(window.count, 0);
  assert.ok(window.seconds().every(({ count, mean }) => count === 0 && mean === undefined));
  clock.jump(1e12);
  window.add(4);
  assert.equal(window.count, 1);
});

Deno.test("a rate is over what is known", () => {
  const clock = new FakeClock();
  clock.jump(12_345);
  const window = new MinuteWindow(clock);
  assert.equal(window.perSec, 0);
  for (let n = 0; n < 10; n++) window.add();
  assert.equal(window.perSec, 10, "a second at least");
  clock.jump(5000);
  assert.equal(window.perSec, 2);
  clock.jump(40_000);
  assert.ok(Math.abs(window.perSec - 10 / 45) < 1e-9);
  clock.jump(20_000);
  assert.equal(window.perSec, 0);
});
