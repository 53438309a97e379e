import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { pickIndex, seededRng } from "./rng.ts";
import { RetryBudget } from "./retry_budget.ts";

const FIFTH = { share: 0.2, triesPerSec: 0.5 };

/** Tries that are to be had now. */
function takeAll(budget: RetryBudget): number {
  let tries = 0;
  while (budget.take()) tries++;
  return tries;
}

Deno.test("without requests a few may be sent once more, and later as many again", () => {
  const clock = new FakeClock();
  const budget = new RetryBudget(clock, FIFTH);
  assert.equal(takeAll(budget), 5);
  clock.jump(9000);
  assert.equal(takeAll(budget), 0);
  clock.jump(1000);
  assert.equal(takeAll(budget), 5);
  assert.deepEqual([budget.sentAgain, budget.denied], [10, 3]);
});

Deno.test("each request adds a fifth of a try, for ten seconds", () => {
  const clock = new FakeClock();
  const budget = new RetryBudget(clock, FIFTH);
  for (let request = 0; request < 100; request++) budget.request();
  assert.equal(takeAll(budget), 25);
  clock.jump(10_000);
  assert.equal(takeAll(budget), 5);
});

Deno.test("whatever comes, no more than the share and the few are sent once more in any ten seconds", () => {
  for (let seed = 0; seed < 50; seed++) {
    const rng = seededRng(seed);
    const clock = new FakeClock();
    const budget = new RetryBudget(clock, FIFTH);
    const requests: number[] = [];
    const again: number[] = [];
    for (let step = 0; step < 500; step++) {
      clock.jump(pickIndex(rng, 200));
      const nowMs = clock.nowMs();
      requests.push(nowMs);
      budget.request();
      if (rng() < 0.7 && budget.take()) again.push(nowMs);
      const recent = (times: readonly number[], ms: number) =>
        times.filter((atMs) => atMs > nowMs - ms).length;
      // Whole seconds are forgotten at once: requests count for up to one less than ten.
      assert.ok(recent(again, 9000) <= 0.2 * recent(requests, 10_000) + 5, `seed ${seed}`);
    }
    assert.equal(budget.sentAgain, again.length);
    assert.ok(budget.denied > 0);
  }
});

Deno.test("a budget of nothing gives nothing, and one without a minimum goes by the share alone", () => {
  const clock = new FakeClock();
  const none = new RetryBudget(clock, { share: 0, triesPerSec: 0 });
  const lean = new RetryBudget(clock, { share: 0.05, triesPerSec: 0 });
  for (let request = 0; request < 100; request++) {
    none.request();
    lean.request();
  }
  assert.deepEqual([takeAll(none), takeAll(lean)], [0, 5]);
});
