import assert from "node:assert/strict";
import { PictureBudget } from "./picture_budget.ts";

const SIZE = { width: 10, height: 10 };

Deno.test("pictures of all runs are bounded together, and each run may have two", () => {
  const budget = new PictureBudget(300);
  const [one, other] = [budget.share(), budget.share()];
  for (let i = 0; i < 3; i++) {
    assert.ok(one.hasRoom);
    one.opened(SIZE);
  }
  assert.deepEqual([one.hasRoom, other.hasRoom, budget.pixels], [false, true, 300]);
  other.opened(SIZE);
  other.opened(SIZE);
  assert.equal(other.hasRoom, false);
});

Deno.test("whoever waits is woken when a picture of any run is closed, until it leaves", () => {
  const budget = new PictureBudget(100);
  const [one, other] = [budget.share(), budget.share()];
  let woken = 0;
  const leave = other.onRoom(() => woken++);
  one.opened(SIZE);
  assert.equal(woken, 0);
  one.closed(SIZE);
  assert.deepEqual([woken, budget.pixels, one.hasRoom], [1, 0, true]);
  leave();
  one.opened(SIZE);
  one.closed(SIZE);
  assert.equal(woken, 1);
});
