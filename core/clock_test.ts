import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { every, systemClock } from "./clock.ts";

for (
  const [name, clock] of [["the system's clock", systemClock], ["a fake", new FakeClock()]] as const
) {
  Deno.test(`${name}: sleep ends at once when the signal aborts, and never rejects`, async () => {
    await clock.sleep(3_600_000, AbortSignal.abort());
    const stop = new AbortController();
    const sleeping = clock.sleep(3_600_000, stop.signal);
    stop.abort();
    await sleeping;
  });
}

Deno.test("a sleeper leaves no listener on a signal that lives on", async () => {
  let listeners = 0;
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given));
  signal.removeEventListener = (...given: Parameters<typeof remove>) => (
    listeners--, remove(...given)
  );
  await systemClock.sleep(0, signal);
  await systemClock.sleep(-5, signal);
  assert.equal(listeners, 0);
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
