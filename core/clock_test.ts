import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { systemClock } from "./clock.ts";

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
