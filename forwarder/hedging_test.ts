import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { Hedging } from "./hedging.ts";

Deno.test("a request is late when 19 of 20 are answered, of the recent ones of its model", () => {
  const clock = new FakeClock();
  const hedging = new Hedging(clock);
  for (let i = 1; i <= 19; i++) hedging.answered("m", i);
  assert.equal(hedging.delayMs("m"), undefined, "they are too few");
  hedging.answered("m", 20);
  assert.deepEqual([hedging.delayMs("m"), hedging.delayMs("n")], [19, undefined]);
  for (let i = 0; i < 200; i++) hedging.answered("m", 1000);
  assert.equal(hedging.delayMs("m"), 1000);
  clock.jump(60_001);
  for (let i = 0; i < 20; i++) hedging.answered("m", 5);
  assert.equal(hedging.delayMs("m"), 5);
});

Deno.test("one request in twenty may be hedged", () => {
  const hedging = new Hedging(new FakeClock());
  for (let i = 0; i < 19; i++) hedging.request();
  assert.equal(hedging.take(), false);
  hedging.request();
  assert.deepEqual([hedging.take(), hedging.take()], [true, false]);
});

Deno.test("there are no more models than may be", () => {
  const hedging = new Hedging(new FakeClock());
  for (let model = 0; model <= 256; model++) {
    for (let i = 0; i < 20; i++) hedging.answered(`m${model}`, 5);
  }
  assert.deepEqual([hedging.delayMs("m0"), hedging.delayMs("m256")], [undefined, 5]);
});
