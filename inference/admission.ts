/** Whether a job can be done in time, by what is before it and by how long Workers really take. */

import type { Clock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Priority } from "../core/infer.ts";
import { RollingWindow } from "../core/rolling_window.ts";
import { AVERAGED_MS, DemandMeter } from "./demand.ts";
import type { FairQueue, Queued } from "./fair_queue.ts";
import type { Places } from "./places.ts";
import type { ServiceTime, ServiceTimes } from "./service_time.ts";

/**
 * Interactive jobs that may begin one after the other while a background job waits and could begin.
 * Then one of those does, so that they get at least a ninth of the beginnings, and none waits for ever.
 */
export const INTERACTIVE_IN_A_ROW = 8;

/**
 * Milliseconds before its deadline by which an answer should be made: it has to be written, sent and
 * read. What this thread is late with is measured, and comes on top.
 */
const ANSWER_MS = 5;

/** Answers whose way to this thread is known, of the last seconds. */
const LAGS_KEPT = 64;
const LAG_AGE_MAX_MS = 3000;

/** Share by which a wait may turn out longer than estimated for reasons that no measurement shows yet. */
const DRIFT = 0.15;

/** Standard deviations that are allowed for: one in a thousand is above. */
const DEVIATIONS = 3.1;

/** Share of the Workers that is counted on beside what overtakes a job. */
const LEFT_AT_LEAST = 1 / (INTERACTIVE_IN_A_ROW + 1);

/** Rounds in which what will come before a job is found out, at most: each is nearer to it. */
const ROUNDS = 20;

/** Milliseconds between two rounds that are near enough. */
const NEAR_MS = 0.5;

/** A job that asks to be let in. */
export interface Applicant extends Omit<Queued, "costMs"> {
  /** Whose queue it would wait in. */
  readonly priority: Priority;
  /** Milliseconds that its model was measured to take without load. */
  readonly expectedMs: number;
}

/** A job that was let in. */
export interface Admitted extends Queued {
  /** Milliseconds that its model was measured to take without load. */
  readonly expectedMs: number;
}

/** What admission goes by. */
export interface AdmissionParts {
  /** The jobs that wait. */
  readonly queues: Readonly<Record<Priority, FairQueue<Admitted>>>;
  /** Who works, and what they have to do yet. */
  readonly places: Places;
  /** How long they take. */
  readonly times: ServiceTimes;
  /** Deadlines are instants of it. */
  readonly clock: Clock;
}

/** Work before a job, in milliseconds of Workers. */
interface Ahead {
  readonly workMs: number;
  /** What of it is not here yet: the longer the job waits, the more. */
  readonly comingMs: number;
  /** In square milliseconds: what its length may differ by. */
  readonly variance: number;
}

/** When a job would be done. */
interface Estimate {
  /** Milliseconds until a Worker begins with it. */
  readonly waitMs: number;
  /** Milliseconds from then until its answer is there. */
  readonly runMs: number;
  /** Milliseconds that all this may take longer in all but one of a thousand cases. */
  readonly spreadMs: number;
}

/**
 * Lets in what will be done in time, and refuses the rest at once. A job is behind what Workers have
 * taken, behind the more urgent ones of its model, and shares the Workers with the other models and
 * priorities as the queues have it: with those that wait, and those that will come meanwhile.
 */
export class Admission {
  readonly #demand: Readonly<Record<Priority, DemandMeter>>;

  readonly #lags: RollingWindow;

  /** Begins with nothing let in. */
  constructor(private readonly parts: AdmissionParts) {
    const { clock } = parts;
    this.#lags = new RollingWindow(LAGS_KEPT, { ageMaxMs: LAG_AGE_MAX_MS, clock });
    this.#demand = { interactive: new DemandMeter(clock), background: new DemandMeter(clock) };
  }

  /**
   * Why a job should not be let in, if so: it would be late, or make one late that was let in.
   *
   * @param isIdle whether no other job is under way: then one is let in that the quickest run would
   * do in time, because only that finds out whether what was slow lately still is.
   */
  refusal(job: Applicant, isIdle: boolean): SmarteyeError | undefined {
    const { deadlineAtMs } = job;
    const { clock, times, queues } = this.parts;
    const service = times.of(job.model, job.expectedMs);
    const leftMs = (deadlineAtMs ?? Infinity) - clock.nowMs();
    const isWorthATry = isIdle && service.leastMs + ANSWER_MS <= leftMs;
    if (deadlineAtMs !== undefined && !isWorthATry) {
      const estimate = this.#estimate(job, this.#before(job), service);
      const lateMs = latenessOf(estimate, leftMs);
      if (lateMs > 0) return tooLate(estimate, lateMs, leftMs);
    }
    const waiting = queues[job.priority].jobsOf(job.model);
    const first = waiting.findIndex(({ dueAtMs }) => dueAtMs > job.dueAtMs);
    for (let at = first; at !== -1 && at < waiting.length; at++) {
      const later = waiting[at]!;
      if (later.deadlineAtMs === undefined) continue;
      const leftMs = later.deadlineAtMs - clock.nowMs();
      const lateMs = latenessOf(this.#estimate(job, at + 1, service), leftMs);
      // One that would be late anyway is nobody's fault.
      if (lateMs > 0 && latenessOf(this.#estimate(job, at, service), leftMs) <= 0) {
        return overloaded("one that was let in before would be late", lateMs);
      }
    }
    return undefined;
  }

  /** Notes how long a Worker's answer waited until this thread had time for it. */
  noteLag(lagMs: number): void {
    this.#lags.add(lagMs);
  }

  /**
   * Milliseconds that are lost on the way: a request that is seen now has waited for this thread as
   * answers do, which its deadline does not tell, and its answer will wait so again to be sent.
   */
  #wayMs(): number {
    return ANSWER_MS + 2 * (this.#lags.percentile(90) ?? 0);
  }

  /** Notes that a job was let in. */
  note({ model, priority, expectedMs }: Applicant): void {
    const { pictureMs } = this.parts.times.of(model, expectedMs);
    this.#demand[priority].note(model, pictureMs, expectedMs);
  }

  /** Milliseconds until one more of a model has been done: when one of too many may be let in. */
  paceMs(model: string, expectedMs: number): number {
    const { times, places } = this.parts;
    return Math.ceil(times.of(model, expectedMs).pictureMs / Math.max(1, places.jobsAtOnce));
  }

  /** Jobs of its own queue that come before it. */
  #before({ model, priority, dueAtMs }: Applicant): number {
    return this.parts.queues[priority].jobsOf(model)
      .filter((job) => job.dueAtMs <= dueAtMs).length;
  }

  /** @param before jobs of the same queue that come first. */
  #estimate(job: Applicant, before: number, service: ServiceTime): Estimate {
    const committed = [...this.parts.places.committedMs()].sort((a, b) => a - b);
    const workers = Math.max(1, committed.length);
    const taken = committed.reduce((a, b) => a + b, 0);
    let waitMs = committed[0] ?? 0;
    let ahead: Ahead = NOTHING;
    for (let round = 0; round < ROUNDS; round++) {
      ahead = this.#ahead(job, before, service, waitMs);
      const longerMs = levelOf(committed, ahead.workMs) - waitMs;
      waitMs += longerMs;
      if (longerMs < NEAR_MS) break;
    }
    const { pictureMs, deviationMs, runMs, mostMs, runs } = service;
    // What a Worker has taken it does itself; what waits is spread over all of them.
    const takenVariance = taken / workers / pictureMs * deviationMs ** 2;
    const unsureMs = deviationMs / pictureMs / Math.sqrt(Math.max(1, runs)) * waitMs;
    // What holds a job up lets more of what overtakes it in.
    const left = Math.max(LEFT_AT_LEAST, 1 - ahead.comingMs / Math.max(1, workers * waitMs));
    const variance = ahead.variance / (workers * left) ** 2 + takenVariance + unsureMs ** 2;
    const spreadMs = Math.hypot(DEVIATIONS * Math.sqrt(variance), mostMs - runMs);
    return { waitMs, runMs: runMs + this.#wayMs(), spreadMs };
  }

  /** What will begin before a job that waits for `waitMs`. */
  #ahead(job: Applicant, before: number, service: ServiceTime, waitMs: number): Ahead {
    const own = workOf(before, service);
    const peers = this.#others(job.priority, job.model, waitMs, own.workMs + service.pictureMs);
    const same = plus(own, peers);
    if (job.priority === "interactive") {
      // Of background work, one begins after so many of these.
      const all = this.#others("background", undefined, 0, Infinity);
      const turns = Math.floor(same.workMs / service.pictureMs / INTERACTIVE_IN_A_ROW) + 1;
      return plus(same, atMost(all, turns * this.#largestMs("background")));
    }
    const all = this.#others("interactive", undefined, waitMs, Infinity);
    const turns = before + 1 + peers.workMs / service.pictureMs;
    const allowedMs = turns * INTERACTIVE_IN_A_ROW * this.#largestMs("interactive");
    return plus(same, atMost(all, allowedMs));
  }

  /**
   * Work of the other models of a priority: what waits, and what will come within `waitMs`.
   *
   * @param shareMs what each of them gets at most.
   */
  #others(priority: Priority, but: string | undefined, waitMs: number, shareMs: number): Ahead {
    const queue = this.parts.queues[priority];
    const demand = this.#demand[priority];
    const models = new Set([...queue.models, ...(waitMs > 0 ? demand.models() : [])]);
    let ahead: Ahead = NOTHING;
    for (const model of models) {
      if (model === but) continue;
      const service = this.#serviceOf(priority, model);
      const waits = workOf(queue.jobsOf(model).length, service);
      const work = plus(waits, comingOf(demand.of(model) * waitMs, waitMs, service));
      ahead = plus(ahead, atMost(work, Math.max(shareMs, service.pictureMs)));
    }
    return ahead;
  }

  #largestMs(priority: Priority): number {
    const models = [...this.parts.queues[priority].models, ...this.#demand[priority].models()];
    return Math.max(0, ...models.map((model) => this.#serviceOf(priority, model).pictureMs));
  }

  #serviceOf(priority: Priority, model: string): ServiceTime {
    const [waiting] = this.parts.queues[priority].jobsOf(model);
    const expectedMs = waiting?.expectedMs ?? this.#demand[priority].expectedMs(model) ?? 1;
    return this.parts.times.of(model, expectedMs);
  }
}

const NOTHING: Ahead = { workMs: 0, comingMs: 0, variance: 0 };

/** When so much work more is begun: Workers that have least to do take it. */
function levelOf(committed: readonly number[], workMs: number): number {
  let filled = 0;
  for (const [i, ms] of committed.entries()) {
    filled += ms;
    const level = (filled + workMs) / (i + 1);
    if (level <= (committed[i + 1] ?? Infinity)) return level;
  }
  return workMs;
}

function workOf(jobs: number, { pictureMs, deviationMs }: ServiceTime): Ahead {
  return { workMs: jobs * pictureMs, comingMs: 0, variance: jobs * deviationMs ** 2 };
}

/** Work that comes by chance, as often as lately: as much, and as often, is not sure either. */
function comingOf(
  workMs: number,
  withinMs: number,
  { pictureMs, deviationMs }: ServiceTime,
): Ahead {
  const each = pictureMs ** 2 + deviationMs ** 2;
  const unsure = 1 + withinMs / AVERAGED_MS / 2;
  return { workMs, comingMs: workMs, variance: workMs / pictureMs * each * unsure };
}

function plus(one: Ahead, other: Ahead): Ahead {
  return {
    workMs: one.workMs + other.workMs,
    comingMs: one.comingMs + other.comingMs,
    variance: one.variance + other.variance,
  };
}

function atMost(work: Ahead, workMs: number): Ahead {
  if (work.workMs <= workMs) return work;
  const part = workMs / work.workMs;
  return { workMs, comingMs: work.comingMs * part, variance: work.variance * part };
}

/**
 * Milliseconds by which a job would be late, below 0 where it is in time. What may go wrong is given
 * half of the time that could be waited at most: on a machine that stalls again and again nothing is
 * sure, and something has to be done all the same.
 */
function latenessOf({ waitMs, runMs, spreadMs }: Estimate, leftMs: number): number {
  const spareMs = Math.max(0, leftMs - runMs);
  return waitMs * (1 + DRIFT) + runMs + Math.min(spreadMs, spareMs / 2) - leftMs;
}

function tooLate({ runMs }: Estimate, lateMs: number, leftMs: number): SmarteyeError {
  const left = `${Math.floor(leftMs)} ms are left`;
  // Without any wait it would not be in time either.
  if (runMs > leftMs) return overloaded(`it takes ${Math.ceil(runMs)} ms, ${left}`);
  return overloaded(`${Math.ceil(lateMs + leftMs)} ms may be needed, ${left}`, lateMs);
}

function overloaded(why: string, lateMs?: number): SmarteyeError {
  const retryAfterMs = lateMs === undefined ? undefined : Math.max(1, Math.ceil(lateMs));
  return new SmarteyeError("overloaded", `Cannot infer in time: ${why}`, { retryAfterMs });
}
