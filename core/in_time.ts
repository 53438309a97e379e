/** Whether something of another thread ended in time, also where this one stood still meanwhile. */

import { type Clock, OVER } from "./clock.ts";

/** Milliseconds by which a wait may end late before this thread counts as having stood still. */
const STOOD_STILL_MS = 5;

/** Turns of the event loop in which a message that has arrived is handed on. */
const TURNS = 2;

/**
 * Whether `done` settles within `ms` milliseconds. Time in which this thread stood still says nothing
 * about the other: it is waited for as long again, `ms` more at most; and what has arrived when the
 * time is over, but is not taken in yet, came in time.
 */
export async function inTime(ms: number, done: Promise<unknown>, clock: Clock): Promise<boolean> {
  let settled = false;
  const settle = () => void (settled = true);
  const ended = done.then(settle, settle);
  const over = new AbortController();
  const dueAtMs = clock.nowMs() + ms;
  try {
    await Promise.race([ended, clock.sleep(ms, over.signal)]);
    const lateMs = clock.nowMs() - dueAtMs;
    if (!settled && lateMs > STOOD_STILL_MS) {
      await Promise.race([ended, clock.sleep(Math.min(lateMs, ms), over.signal)]);
    }
    for (let turn = 0; turn < TURNS && !settled; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return settled;
  } finally {
    over.abort(OVER);
  }
}
