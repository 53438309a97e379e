/** How many Workers a machine is worth, as measured on it. */

import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { AT_START, type MeasureEffort } from "./network/measurement.ts";
import type { SessionOptions } from "./network/session.ts";
import type { ProfileCache } from "./profile_cache.ts";
import { keyOf } from "./workers/loadable.ts";
import { WorkerPool } from "./workers/worker_pool.ts";

const log = logger("inference");

/** Enough to tell a few per cent, for each number of Workers. */
const EFFORT: MeasureEffort = { runs: 60, msMax: 600 };

/** Share of the throughput of all that fewer Workers must reach to be enough. */
const ENOUGH = 0.97;

/** Fewer Workers than this are not worth a measurement. */
export const MEASURED_FROM = 4;

/**
 * The least number of Workers that infer as much as `most` of them: two threads of one core share what
 * computes, and a network that waits for memory gains nothing by more cores. Fewer take less memory,
 * load sooner, and answer each request sooner.
 *
 * @param most Workers that there may be, at least 1.
 * @param throughput inferences a second of so many Workers at the same time.
 */
export async function enoughWorkers(
  most: number,
  throughput: (workers: number) => Promise<number>,
): Promise<number> {
  if (most < MEASURED_FROM) return most;
  const wanted = ENOUGH * await throughput(most);
  let enough = most;
  while (enough > 1) {
    const fewer = Math.ceil(enough / 2);
    if (await throughput(fewer) < wanted) break;
    enough = fewer;
  }
  return enough;
}

/** What the measurement works with. */
export interface WorkerTrial {
  /** The model that is run. */
  readonly entry: CatalogueEntry;
  /** How its sessions are run. */
  readonly session: SessionOptions;
  /** Cores of the processor. */
  readonly cores: number;
  /** Where what was measured is kept. */
  readonly profiles: ProfileCache;
  /** Stalls go by it. */
  readonly clock: Clock;
}

/**
 * As many Workers as are worth it on this processor: measured with a model at the first start, kept
 * from then on.
 */
export async function worthwhileWorkers(trial: WorkerTrial): Promise<number> {
  const { entry, session, cores, profiles, clock } = trial;
  const known = await profiles.workers(entry.manifest, session, cores);
  if (known !== undefined || cores < MEASURED_FROM) return known ?? cores;
  const pool = new WorkerPool({ workers: cores, session, tasksPerWorker: 1, clock });
  try {
    const measured = await pool.load(entry, AT_START);
    await profiles.keep(entry.manifest, session, measured!);
    const key = keyOf(entry);
    const workers = await enoughWorkers(cores, (n) => pool.throughput(key, n, EFFORT));
    log.info("{workers} workers infer as much as {cores} do here", { workers, cores });
    await profiles.keepWorkers(entry.manifest, session, cores, workers);
    return workers;
  } catch (error) { // what is wrong with the model is told by whoever loads it
    log.debug("cannot measure how many workers are worth it: {error}", { error: messageOf(error) });
    return cores;
  } finally {
    await pool.leave();
  }
}
