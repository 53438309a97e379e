/** Time as an argument, so that tests need not wait for it. */

/** A source of time. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start: for durations and deadlines. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch: for timestamps. */
  epochMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The reason of a signal that ends a wait which is over. One that is given costs nothing; without,
 * each abort makes an exception with its stack.
 */
export const OVER = "it is over";

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener("abort", done, { once: true });
    }),
};

/**
 * Calls `act` every `periodMs`, the first time after one period, until `signal` aborts. The next
 * period begins when `act` is done.
 *
 * @throws whatever `act` throws; it is then called no more.
 */
export async function every(
  clock: Clock,
  periodMs: number,
  act: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(periodMs, signal);
    if (!signal.aborted) await act();
  }
}
