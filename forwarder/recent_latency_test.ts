import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { RecentLatencies, RecentLatency } from "./recent_latency.ts";

const MINUTE_MS = 60_000;

function answers(latency: RecentLatency, times: number, tookMs: number, others = 0): void {
  for (let i = 0; i < times; i++) latency.observe(tookMs, others);
}

Deno.test("the middle of the recent answers is told when there are enough", () => {
  const latency = new RecentLatency(new FakeClock());
  answers(latency, 9, 20);
  assert.deepEqual([latency.nowMs, latency.slower], [undefined, undefined]);
  answers(latency, 1, 5000);
  assert.deepEqual(
    [latency.nowMs, latency.slower],
    [20, undefined],
    "one that is late moves nothing",
  );
  answers(latency, 10, 20);
  assert.deepEqual([latency.nowMs, latency.slower], [20, 1]);
  answers(latency, 11, 200);
  assert.deepEqual([latency.nowMs, latency.slower], [200, 10], "of the last twenty");
});

Deno.test("answers are compared with those that there were with as much to do", () => {
  const cases: [why: string, alone: number, at7: number | undefined, tookMs: number, number][] = [
    ["one after the other", 20, undefined, 160, 1],
    ["several at once, which is not known yet", 20, undefined, 20, 1 / 8],
    ["several at once", 20, 20, 200, 10],
    ["one after the other, as is known", 20, 160, 160, 1],
    ["slower than one after the other", 20, undefined, 1600, 10],
  ];
  for (const [why, alone, at7, tookMs, slower] of cases) {
    const latency = new RecentLatency(new FakeClock());
    answers(latency, 20, alone);
    if (at7 !== undefined) answers(latency, 20, at7, 7);
    latency.restart();
    answers(latency, 10, tookMs, 7);
    assert.equal(latency.slower, slower, why);
  }
  const busy = new RecentLatency(new FakeClock());
  answers(busy, 10, 160, 7);
  answers(busy, 10, 160);
  assert.equal(busy.slower, 1, "and with more where it never had as little");
  answers(busy, 20, 1600, 100_000);
  assert.ok(busy.slower! > 0, "however much it has");
});

Deno.test("what is too long ago does not count", () => {
  const clock = new FakeClock();
  const latency = new RecentLatency(clock);
  answers(latency, 30, 20);
  clock.jump(30_001);
  assert.deepEqual([latency.nowMs, latency.slower], [undefined, undefined]);
  clock.jump(5 * MINUTE_MS - 30_001);
  answers(latency, 20, 100);
  assert.equal(latency.slower, 5, "than the best of the last period");
  clock.jump(5 * MINUTE_MS);
  answers(latency, 20, 100);
  assert.equal(latency.slower, 1, "what lasts is how it is");
});

Deno.test("that there was no answer for so long counts when others took less", () => {
  const latency = new RecentLatency(new FakeClock());
  for (let i = 0; i < 20; i++) latency.atLeast(1000, 0);
  assert.equal(latency.nowMs, undefined, "there was none to compare with");
  answers(latency, 30, 20);
  for (let i = 0; i < 20; i++) latency.atLeast(10, 0);
  assert.equal(latency.nowMs, 20);
  for (let i = 0; i < 11; i++) latency.atLeast(1000, 0);
  assert.deepEqual([latency.nowMs, latency.slower], [1000, 50]);
  latency.restart();
  assert.deepEqual([latency.nowMs, latency.slower], [undefined, undefined]);
});

Deno.test("models are told apart, the newest so many", () => {
  const all = new RecentLatencies(new FakeClock());
  assert.equal(all.of("m0"), undefined);
  const first = all.asked("m0");
  assert.equal(all.asked("m0"), first);
  for (let i = 1; i <= 64; i++) all.asked(`m${i}`);
  assert.deepEqual([all.of("m0"), all.of("m1") !== undefined], [undefined, true]);
});
