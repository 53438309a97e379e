/** How many jobs go through a network together, and when it pays to wait for more of them. */

import type { Clock } from "../core/clock.ts";
import type { Queued } from "./fair_queue.ts";
import type { ServiceTime } from "./service_time.ts";

/** What a batch may cost. */
export interface BatchingOptions {
  /** Milliseconds that a job may be kept back for others to come, although a Worker is free. */
  readonly maxDelayMs: number;
}

/** A job that waits. */
export interface Gathered extends Queued {
  /** When it came. */
  readonly cameAtMs: number;
}

/** Share of a run before whose end the next one has to be on its way: it is decoded meanwhile. */
const LEAD = 0.5;

/** Milliseconds that a message to a Worker and its answer take beside that. */
const LEAD_MS = 2;

/** Milliseconds that are not worth a timer. */
const LEAST_MS = 0.1;

/**
 * Milliseconds for which the jobs of a model should be kept back, because a batch of them is not full
 * yet: as long as all Workers are busy with others for longer than it takes to get it ready, and
 * `maxDelayMs` longer. 0 where they should begin.
 *
 * @param jobs those that wait, the most urgent first; at least one.
 * @param committedMs milliseconds that each Worker is busy yet.
 */
export function keptBackMs(
  jobs: readonly Gathered[],
  { runMs }: ServiceTime,
  committedMs: readonly number[],
  { maxDelayMs }: BatchingOptions,
  clock: Clock,
): number {
  const [first] = jobs;
  const { batchMax = 1, deadlineAtMs = Infinity } = first!;
  if (batchMax === 1 || jobs.length >= batchMax) return 0;
  const nowMs = clock.nowMs();
  const busyMs = Math.min(...committedMs) - LEAD * runMs - LEAD_MS;
  const delayMs = Math.min(...jobs.map(({ cameAtMs }) => cameAtMs)) + maxDelayMs - nowMs;
  // Twice the time of a run is kept: one that is longer than usual should not make it late.
  const latestMs = deadlineAtMs - 2 * runMs - nowMs;
  const ms = Math.min(Math.max(busyMs, delayMs), latestMs);
  return ms < LEAST_MS ? 0 : ms;
}
