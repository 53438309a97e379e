/** How long a model takes: what is spent on finding out, and what came of it. */

import type { Latency } from "../../core/model.ts";
import { percentile } from "../../core/rolling_window.ts";

/** How much is spent on a measurement. */
export interface MeasureEffort {
  /** Inferences that are timed at most. */
  readonly runs: number;
  /** Milliseconds after which no other is begun. */
  readonly msMax: number;
}

/** Enough to trust a median, and little enough to do at every first start. */
export const AT_START: MeasureEffort = { runs: 15, msMax: 1500 };

/** A latency, as it was measured. */
export interface Measured extends Latency {
  /** Frames a second, one after the other. */
  readonly fps: number;
}

/** Runs before those that are timed. */
const WARM_UP_RUNS = 3;

/** Times something, again and again; at least once, be it only while it warms up. */
export async function measured(
  run: () => Promise<unknown>,
  { runs, msMax }: MeasureEffort,
): Promise<Measured> {
  const times: number[] = [];
  const start = performance.now();
  for (let done = 0; done < WARM_UP_RUNS + runs; done++) {
    const before = performance.now();
    await run();
    const after = performance.now();
    if (done >= WARM_UP_RUNS || after - start > msMax) times.push(after - before);
    if (after - start > msMax) break;
  }
  const meanMs = times.reduce((a, b) => a + b, 0) / times.length;
  return { p50Ms: percentile(times, 50)!, p95Ms: percentile(times, 95)!, fps: 1000 / meanMs };
}
