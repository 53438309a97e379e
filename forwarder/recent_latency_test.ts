import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { RecentLatencies, RecentLatency } from "./recent_latency.ts";

const MINUTE_MS = 60_000;

function answers(latency: RecentLatency, times: number, tookMs: number): void {
  for (let i = 0; i < times; i++) latency.observe(tookMs);
}

Deno.test("the middle of the recent answers is told when there are enough", () => {
  const latency = new RecentLatency(new FakeClock());
  answers(latency, 9, 20);
  assert.deepEqual([latency.nowMs, latency.bestMs], [undefined, undefined]);
  answers(latency, 1, 5000);
  assert.deepEqual([latency.nowMs, latency.bestMs], [20, 20], "one that is late moves nothing");
  answers(latency, 11, 200);
  assert.deepEqual([latency.nowMs, latency.bestMs], [200, 20], "of the last twenty");
});

Deno.test("what is too long ago does not count", () => {
  const clock = new FakeClock();
  const latency = new RecentLatency(clock);
  answers(latency, 20, 20);
  clock.jump(30_001);
  assert.deepEqual([latency.nowMs, latency.bestMs], [undefined, 20]);
  clock.jump(5 * MINUTE_MS - 30_001);
  assert.equal(latency.bestMs, 20, "the best of the last period");
  answers(latency, 20, 90);
  assert.equal(latency.bestMs, 20);
  clock.jump(5 * MINUTE_MS);
  assert.equal(latency.bestMs, 90, "what lasts is how it is");
  clock.jump(60 * MINUTE_MS);
  assert.equal(latency.bestMs, undefined);
});

Deno.test("that there was no answer for so long counts when others took less", () => {
  const latency = new RecentLatency(new FakeClock());
  for (let i = 0; i < 20; i++) latency.atLeast(1000);
  assert.equal(latency.nowMs, undefined, "there was none to compare with");
  answers(latency, 20, 20);
  for (let i = 0; i < 20; i++) latency.atLeast(10);
  assert.equal(latency.nowMs, 20);
  for (let i = 0; i < 11; i++) latency.atLeast(1000);
  assert.equal(latency.nowMs, 1000);
  latency.restart();
  assert.deepEqual([latency.nowMs, latency.bestMs], [undefined, 20]);
});

Deno.test("models are told apart, the newest so many", () => {
  const all = new RecentLatencies(new FakeClock());
  assert.equal(all.of("m0"), undefined);
  const first = all.asked("m0");
  assert.equal(all.asked("m0"), first);
  for (let i = 1; i <= 64; i++) all.asked(`m${i}`);
  assert.deepEqual([all.of("m0"), all.of("m1") !== undefined], [undefined, true]);
});
