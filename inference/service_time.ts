/** What Workers really took lately, by model: what a wait is estimated from. */

import type { Clock } from "../core/clock.ts";

/** Runs that a mean is of: enough that it stands still, few enough to follow the load. */
const RUNS_AVERAGED = 64;

/** Runs that the slow ones are of: enough that one in a hundred is among them. */
const RUNS_KEPT = 256;

/** Milliseconds after which a run says nothing any more about the load of now. */
const AGE_MAX_MS = 10_000;

/** Runs that what was expected counts for, as long as fewer were seen. */
const EXPECTED_RUNS = 8;

/** Share of the expected time that it is taken to vary by while nothing was seen. */
const EXPECTED_DEVIATION = 0.3;

/** How long a Worker is at a model. */
export interface ServiceTime {
  /** Milliseconds of a Worker that a picture costs on average, its share where several run together. */
  readonly pictureMs: number;
  /** Standard deviation of that. */
  readonly deviationMs: number;
  /** Milliseconds of one run on average, however many pictures are in it. */
  readonly runMs: number;
  /** The quickest run that was seen; 0 where none was. */
  readonly leastMs: number;
  /** What all but one in a hundred runs took at most. */
  readonly mostMs: number;
  /** Runs that this is known from; 0 where it is only expected. */
  readonly runs: number;
}

interface Run {
  readonly pictures: number;
  readonly tookMs: number;
  readonly atMs: number;
}

interface Known {
  readonly expectedMs: number;
  readonly time: ServiceTime;
}

/**
 * Times of a rolling window, as seen from outside: from when a Worker could begin to its answer, so
 * that whatever slows it down under load is in them. Until there are enough of them, what was
 * expected counts too.
 */
export class ServiceTimes {
  readonly #runs = new Map<string, Run[]>();
  /** What was made of the runs, as long as there are no others. */
  readonly #known = new Map<string, Known>();

  /** Begins with nothing seen. */
  constructor(private readonly clock: Clock) {}

  /** Notes that a Worker was at so many pictures of a model for so long. */
  note(model: string, pictures: number, tookMs: number): void {
    const runs = this.#runsOf(model);
    runs.push({ pictures, tookMs, atMs: this.clock.nowMs() });
    if (runs.length > RUNS_KEPT) runs.shift();
    this.#runs.set(model, runs);
    this.#known.delete(model);
  }

  /**
   * How long a Worker is at a model.
   *
   * @param expectedMs milliseconds that one picture was measured to take without load.
   */
  of(model: string, expectedMs: number): ServiceTime {
    const runs = this.#runsOf(model);
    const known = this.#known.get(model);
    if (known?.expectedMs === expectedMs) return known.time;
    const time = timeOf(runs, expectedMs);
    this.#known.set(model, { expectedMs, time });
    return time;
  }

  #runsOf(model: string): Run[] {
    const runs = this.#runs.get(model) ?? [];
    const oldestMs = this.clock.nowMs() - AGE_MAX_MS;
    if (runs[0] && runs[0].atMs < oldestMs) this.#known.delete(model);
    while (runs[0] && runs[0].atMs < oldestMs) runs.shift();
    if (runs.length === 0) this.#runs.delete(model); // models come and go
    return runs;
  }
}

/** The slower of what the latest and all runs say: a few that were lucky are no reason to hope. */
function timeOf(runs: readonly Run[], expectedMs: number): ServiceTime {
  const latest = averageOf(runs.slice(-RUNS_AVERAGED), expectedMs);
  const all = runs.length <= RUNS_AVERAGED ? latest : averageOf(runs, expectedMs);
  const { pictureMs, deviationMs, runMs } = latest.pictureMs > all.pictureMs ? latest : all;
  const unseen = Math.max(0, EXPECTED_RUNS - runs.length);
  return {
    pictureMs,
    deviationMs,
    runMs,
    leastMs: runs.reduce((least, { tookMs }) => Math.min(least, tookMs), runs.length && Infinity),
    mostMs: Math.max(
      slowOf(runs, unseen, expectedMs),
      unseen && (1 + EXPECTED_DEVIATION) * expectedMs,
    ),
    runs: Math.min(runs.length, RUNS_AVERAGED),
  };
}

/** Means, to which what was expected counts as long as little was seen. */
function averageOf(
  runs: readonly Run[],
  expectedMs: number,
): Pick<ServiceTime, "pictureMs" | "deviationMs" | "runMs"> {
  const unseen = Math.max(0, EXPECTED_RUNS - runs.length);
  const count = runs.length + unseen;
  let [pictures, took] = [unseen * expectedMs, unseen * expectedMs];
  for (const run of runs) {
    pictures += run.tookMs / run.pictures;
    took += run.tookMs;
  }
  const pictureMs = pictures / count;
  let squares = unseen * ((expectedMs - pictureMs) ** 2 + (EXPECTED_DEVIATION * expectedMs) ** 2);
  for (const run of runs) squares += (run.tookMs / run.pictures - pictureMs) ** 2;
  return { pictureMs, deviationMs: Math.sqrt(squares / count), runMs: took / count };
}

/** What all but one in a hundred took at most: the greatest few are looked for, nothing is sorted. */
function slowOf(runs: readonly Run[], unseen: number, expectedMs: number): number {
  const count = runs.length + unseen;
  const greatest = new Array<number>(count - Math.ceil(0.99 * count) + 1).fill(-Infinity);
  const take = (tookMs: number) => {
    if (tookMs <= greatest[0]!) return;
    greatest[0] = tookMs;
    for (let i = 1; i < greatest.length && greatest[i]! < tookMs; i++) {
      greatest[i - 1] = greatest[i]!;
      greatest[i] = tookMs;
    }
  };
  for (let i = 0; i < unseen; i++) take(expectedMs);
  for (const { tookMs } of runs) take(tookMs);
  return greatest[0]!;
}
