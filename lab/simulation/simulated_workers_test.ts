import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { SimulatedWorkers } from "./simulated_workers.ts";

/** Two Workers, tasks of so many milliseconds that all come at once, and when each is done. */
async function done(count: number, tasks: readonly number[], unwanted: readonly number[] = []) {
  const clock = new FakeClock();
  const workers = new SimulatedWorkers(count, clock);
  const ends = tasks.map(async (ms, i) => {
    const worked = await workers.work(ms, () => !unwanted.includes(i));
    return { worked, atMs: clock.nowMs() };
  });
  return { workers, ends: await clock.until(Promise.all(ends)) };
}

Deno.test("workers: first come, first served, so many at once", async () => {
  const { workers, ends } = await done(2, [100, 30, 50, 10]);
  assert.deepEqual(ends.map(({ atMs }) => atMs), [100, 30, 80, 90]);
  assert.deepEqual(ends.map(({ worked }) => worked?.queueMs), [0, 0, 30, 80]);
  assert.deepEqual(ends.map(({ worked }) => worked?.serviceMs), [100, 30, 50, 10]);
  assert.deepEqual([workers.busyMs, workers.running, workers.waiting], [190, 0, 0]);
});

Deno.test("workers: what is not wanted any more takes no time, and its Worker goes on", async () => {
  const { workers, ends } = await done(1, [100, 50, 20], [1]);
  assert.equal(ends[1]!.worked, undefined);
  assert.deepEqual(ends.map(({ atMs }) => atMs), [100, 100, 120]);
  assert.deepEqual([workers.busyMs, workers.running], [120, 0]);
});

Deno.test("workers: after a pause a task takes longer, right after another it does not", async () => {
  const clock = new FakeClock();
  const workers = new SimulatedWorkers(1, clock, 3);
  const served = [];
  for (const pauseMs of [0, 10, 49, 50, 500]) {
    await clock.until(clock.sleep(pauseMs));
    served.push((await clock.until(workers.work(20)))!.serviceMs);
  }
  assert.deepEqual(served, [23, 20, 20, 23, 23]);
  assert.equal(workers.busyMs, 109);
});

Deno.test("workers: how many wait and are worked at", async () => {
  const clock = new FakeClock();
  const workers = new SimulatedWorkers(2, clock);
  for (const ms of [10, 20, 30]) void workers.work(ms);
  assert.deepEqual([workers.running, workers.waiting], [2, 1]);
  await clock.advance(10);
  assert.deepEqual([workers.running, workers.waiting], [2, 0]);
  await clock.advance(30);
  assert.deepEqual([workers.running, workers.waiting], [0, 0]);
});
