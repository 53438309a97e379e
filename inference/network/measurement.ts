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

/** How fast several pictures are in one run. */
export interface BatchSpeed {
  /** Pictures that were run together. */
  readonly pictures: number;
  /** Pictures a second, one run after the other. */
  readonly fps: number;
}

/** A latency, as it was measured. */
export interface Measured extends Latency {
  /** Frames a second, one after the other. */
  readonly fps: number;
  /** Batches that were tried, the smallest first. */
  readonly batches: readonly BatchSpeed[];
  /** Pictures that are worth running together; 1 where batches do not pay. */
  readonly batch: number;
}

/** Batches that are tried. */
const BATCHES = [2, 4, 8] as const;

/** How many times as fast as single pictures a batch must be: less is noise, and costs latency. */
const BATCH_GAIN = 1.15;

/** Share of the fastest batch's speed with which a smaller one is as good. */
const NEARLY = 0.95;

/** Runs before those that are timed. */
const WARM_UP_RUNS = 3;

/**
 * Times inferences, of single pictures and of batches.
 *
 * @param run infers so many pictures together.
 * @param batchMax pictures that one run takes at most.
 */
export async function measured(
  run: (pictures: number) => Promise<unknown>,
  batchMax: number,
  effort: MeasureEffort,
): Promise<Measured> {
  const one = await timed(() => run(1), effort);
  const singleFps = 1000 / one.p50Ms;
  const batches: BatchSpeed[] = [];
  for (const pictures of BATCHES.filter((pictures) => pictures <= batchMax)) {
    // A batch's run is as long as several: together they may take as long again as single ones.
    const runs = Math.max(1, Math.ceil(effort.runs / pictures));
    const { p50Ms } = await timed(() => run(pictures), {
      runs,
      msMax: effort.msMax / BATCHES.length,
    });
    const fps = 1000 * pictures / p50Ms;
    batches.push({ pictures, fps });
    if (fps < singleFps * NEARLY) break; // larger ones are not faster
  }
  return { ...one, batches, batch: bestBatch(singleFps, batches) };
}

/**
 * The smallest batch that is nearly as fast as the fastest; 1 where none is clearly faster than single
 * pictures.
 */
export function bestBatch(singleFps: number, batches: readonly BatchSpeed[]): number {
  const paying = batches.filter(({ fps }) => fps >= BATCH_GAIN * singleFps);
  const fastest = Math.max(...paying.map(({ fps }) => fps));
  return paying.find(({ fps }) => fps >= NEARLY * fastest)?.pictures ?? 1;
}

/** Times something, again and again; at least once, be it only while it warms up. */
async function timed(
  run: () => Promise<unknown>,
  { runs, msMax }: MeasureEffort,
): Promise<Latency & { readonly fps: number }> {
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
