/** `adaptive`, at a queue whose end is as fast as it may be. */

import assert from "node:assert/strict";
import { BoundedQueue, type Dropped } from "./bounded_queue.ts";
import { ControlledDelay, INTERVAL_MS, TARGET_MS } from "./controlled_delay.ts";
import { FakeClock } from "./fake_clock.ts";

/** What came of items that are brought every `everyMs` and done in `workMs` each, for `forMs`. */
function flow(
  { everyMs, workMs, forMs, lengthMax = 1000 }: {
    readonly everyMs: number;
    readonly workMs: (atMs: number) => number;
    readonly forMs: number;
    readonly lengthMax?: number;
  },
) {
  const clock = new FakeClock();
  const done: { readonly item: number; readonly waitedMs: number; readonly atMs: number }[] = [];
  const dropped: (Dropped & { readonly item: number; readonly atMs: number })[] = [];
  const queue = new BoundedQueue<{ item: number; atMs: number }>(
    lengthMax,
    "adaptive",
    ({ item }, why) => dropped.push({ ...why, item, atMs: clock.nowMs() }),
    clock,
  );
  let freeAtMs = 0;
  for (let atMs = 0, item = 0; atMs < forMs; atMs++, clock.jump(1)) {
    if (atMs % everyMs === 0) void queue.push({ item: item++, atMs });
    if (atMs < freeAtMs) continue;
    const taken = queue.take();
    if (!taken) continue;
    done.push({ item: taken.item, waitedMs: atMs - taken.atMs, atMs });
    freeAtMs = atMs + workMs(atMs);
  }
  return { done, dropped };
}

Deno.test("nothing is dropped of what is done as fast as it comes, nor of a burst", () => {
  assert.deepEqual(flow({ everyMs: 40, workMs: () => 40, forMs: 20_000 }).dropped, []);
  // Once, for 400 ms nothing is done: the queue is empty again before an interval is over.
  const burst = flow({
    ...{ everyMs: 40, forMs: 20_000 },
    workMs: (atMs) => atMs >= 5000 && atMs < 5040 ? 400 : 15,
  });
  assert.ok(Math.max(...burst.done.map(({ waitedMs }) => waitedMs)) > 2 * TARGET_MS);
  assert.deepEqual(burst.dropped, []);
});

Deno.test("where all wait too long one is dropped after an interval, then ever more often", () => {
  const delay = new ControlledDelay();
  const droppedAtMs: number[] = [];
  for (let nowMs = 0; nowMs <= 3000; nowMs++) {
    if (delay.drops(TARGET_MS, 5, nowMs)) droppedAtMs.push(nowMs);
  }
  const pauses = [0, 1, 2, 3].map((n) => droppedAtMs[n + 1]! - droppedAtMs[n]!);
  assert.equal(droppedAtMs[0], INTERVAL_MS);
  for (const [n, ms] of pauses.entries()) {
    assert.ok(Math.abs(ms - INTERVAL_MS / Math.sqrt(n + 1)) <= 1, `${n}: ${ms} ms`);
  }
  assert.equal(delay.drops(TARGET_MS - 1, 5, 3001), false);
  assert.equal(delay.drops(TARGET_MS, 5, 3002), false, "one that was in time begins it anew");
  assert.equal(delay.drops(TARGET_MS, 5, 3001 + INTERVAL_MS), false);
  assert.equal(delay.drops(TARGET_MS, 5, 3002 + INTERVAL_MS), true);
});

Deno.test("soon after, it goes on at the rate at which it stopped; much later it does not", () => {
  for (const [pauseMs, isSoon] of [[1000, true], [100_000, false]] as const) {
    const delay = new ControlledDelay();
    let nowMs = 0;
    const dropsOf = (forMs: number) => {
      let drops = 0;
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs++) {
        if (delay.drops(2 * TARGET_MS, 5, nowMs)) drops++;
      }
      return drops;
    };
    const first = dropsOf(5000);
    delay.drops(0, 5, nowMs);
    nowMs += pauseMs;
    const second = dropsOf(5000);
    assert.equal(second > 1.5 * first, isSoon, `${first}, then ${second}`);
  }
});

Deno.test("twice as much as can be done: what is done is recent, although no source slows down", () => {
  const { done, dropped } = flow({ everyMs: 20, workMs: () => 40, forMs: 60_000 });
  const late = done.filter(({ atMs }) => atMs > 30_000).map(({ waitedMs }) => waitedMs);
  const mean = late.reduce((sum, ms) => sum + ms, 0) / late.length;
  assert.ok(mean < 2 * INTERVAL_MS, `${mean} ms, where a queue of 1000 would have 40 s`);
  assert.ok(done.length > 0.98 * 60_000 / 40, "nobody is idle for it");
  assert.ok(dropped.every(({ cause, waitedMs }) => cause === "late" && waitedMs >= TARGET_MS));
});

Deno.test("when it is full the oldest goes; the last one is never too late", () => {
  const clock = new FakeClock();
  const dropped: unknown[] = [];
  const queue = new BoundedQueue<number>(2, "adaptive", (...one) => dropped.push(one), clock);
  for (const item of [1, 2, 3]) {
    void queue.push(item);
    clock.jump(10);
  }
  assert.deepEqual(dropped, [[1, { cause: "full", waitedMs: 20 }]]);
  clock.jump(60_000);
  assert.equal(queue.take(), 2);
  for (let item = 3; item < 20; item++) {
    assert.equal(queue.take(), item, "nothing newer is there");
    void queue.push(item + 1);
    clock.jump(60_000);
  }
});
