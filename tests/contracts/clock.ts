/** What every clock keeps, the machine's own and the fake one: who is tested with one may run by the other. */

import assert from "node:assert/strict";
import type { Clock } from "../../core/clock.ts";

/** One kind of clock. */
export interface ClockCase {
  /** For the names of the tests. */
  readonly name: string;
  /** A clock, and what lets its time pass until something is done. */
  readonly open: () => { clock: Clock; until: <T>(doing: Promise<T>) => Promise<T> };
}

/** Registers the tests for one kind of clock. */
export function clockContract({ name, open }: ClockCase): void {
  Deno.test(`${name}: a sleep takes its time, by both of the clock's times`, async () => {
    const { clock, until } = open();
    const [startAtMs, startEpochMs] = [clock.nowMs(), clock.epochMs()];
    await until(clock.sleep(30));
    const tookMs = clock.nowMs() - startAtMs;
    assert.ok(tookMs >= 29, `${tookMs} ms`); // timers go by whole milliseconds
    assert.ok(Math.abs(clock.epochMs() - startEpochMs - tookMs) < 20);
  });

  Deno.test(`${name}: who is due first wakes first, and who came first of two`, async () => {
    const { clock, until } = open();
    const woken: string[] = [];
    const sleeper = (who: string, ms: number) => clock.sleep(ms).then(() => woken.push(who));
    await until(Promise.all([sleeper("late", 40), sleeper("early", 5), sleeper("second", 5)]));
    assert.deepEqual(woken, ["early", "second", "late"]);
  });

  Deno.test(`${name}: no time is a turn of the event loop, and none is not an error`, async () => {
    const { clock, until } = open();
    await until(clock.sleep(0));
    await until(clock.sleep(-5));
  });

  Deno.test(`${name}: sleep ends at once when the signal aborts, and never rejects`, async () => {
    const { clock } = open();
    await clock.sleep(3_600_000, AbortSignal.abort());
    const stop = new AbortController();
    const sleeping = clock.sleep(3_600_000, stop.signal);
    stop.abort();
    await sleeping;
  });

  Deno.test(`${name}: a sleeper leaves no listener on a signal that lives on`, async () => {
    const { clock, until } = open();
    let listeners = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given));
    signal.removeEventListener = (...given: Parameters<typeof remove>) => (
      listeners--, remove(...given)
    );
    await until(clock.sleep(1, signal));
    assert.equal(listeners, 0);
  });
}
