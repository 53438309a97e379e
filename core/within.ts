/** Waits for something, but not for ever. */

import { type Clock, OVER } from "./clock.ts";

/** Whether `done` resolved within `ms` milliseconds. @throws what `done` rejects with by then. */
export async function within(ms: number, done: Promise<unknown>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(() => false);
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    over.abort(OVER);
  }
}
