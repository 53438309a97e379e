import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { clockContract } from "../tests/contracts/clock.ts";
import { every, systemClock } from "./clock.ts";

clockContract({
  name: "the machine's clock",
  open: () => ({ clock: systemClock, until: (doing) => doing }),
});
clockContract({
  name: "a fake clock",
  open() {
    const clock = new FakeClock();
    return { clock, until: (doing) => clock.until(doing) };
  },
});

Deno.test("what is done every period is done until nobody wants it, one after the other", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const begunAtMs: number[] = [];
  const acting = every(clock, 100, async () => {
    begunAtMs.push(clock.nowMs());
    await clock.sleep(30);
  }, stop.signal);
  await clock.advance(399);
  assert.deepEqual(begunAtMs, [100, 230, 360]);
  stop.abort();
  await clock.until(acting);
  await clock.advance(1000);
  assert.equal(begunAtMs.length, 3, "nothing after the signal");
  assert.equal(clock.sleeping, 0, "and no timer is left");
});

Deno.test("what is done every period and throws is done no more", async () => {
  const clock = new FakeClock();
  const acting = every(clock, 10, () => {
    throw new Error("enough");
  }, new AbortController().signal);
  await assert.rejects(clock.until(acting), /enough/);
  assert.equal(clock.sleeping, 0);
});
