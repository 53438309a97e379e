/**
 * The best that any policy could have done, exactly, where there is little to decide: dynamic programming
 * over the frames. What the uplink and the Workers can do is known by the earliest deadline first, which
 * is feasible whenever anything is (Horn, Some Simple Scheduling Algorithms, 1974).
 */

import type { Option, Problem } from "./problem.ts";

/** Work that is not done yet, and when it must be: the earliest first. */
interface Job {
  readonly dueMs: number;
  readonly left: number;
}

/** A result that is known from some frame on. */
interface Known {
  readonly from: number;
  readonly frame: number;
  readonly point: number;
}

/** What was decided up to a frame, as far as it matters for those to come. */
interface State {
  readonly worth: number;
  /** Of the newest frame that is known of; then those that will be. */
  readonly known: readonly Known[];
  readonly uplink: readonly Job[];
  readonly workers: readonly Job[];
}

/** Bytes or milliseconds that two sums may differ by rounding. */
const ROUNDING = 1e-6;

/**
 * The most that frames can be worth together; `undefined` when there are more ways than `statesMax` that
 * have to be looked at.
 */
export function exactBound(problem: Problem, statesMax: number): number | undefined {
  const { frames } = problem;
  let states: readonly State[] = [{ worth: 0, known: [], uplink: [], workers: [] }];
  for (const [at, { atMs, options }] of frames.entries()) {
    const next: State[] = [];
    for (const state of states) {
      for (const option of [undefined, ...options]) {
        const taken = option ? take(problem, state, at, option) : state;
        if (taken) next.push(look(problem, taken, at));
      }
      if (next.length > 50 * statesMax) return undefined;
    }
    const untilMs = frames[at + 1]?.atMs ?? Infinity;
    const going = next.flatMap((state) => goOn(problem, state, atMs, untilMs));
    states = undominated(going);
    if (states.length > statesMax) return undefined;
  }
  return Math.max(...states.map(({ worth }) => worth));
}

/** A frame's option is taken; `undefined` when its work cannot be done in time. */
function take(problem: Problem, state: State, frame: number, option: Option): State | undefined {
  const { point, lag, bytes, localMs, throughByMs, releaseMs } = option;
  const known = frame + lag < problem.frames.length
    ? [...state.known, { from: frame + lag, frame, point }]
    : state.known;
  if (bytes > 0) {
    const uplink = withJob(state.uplink, { dueMs: throughByMs, left: bytes });
    const isDone = isFeasible(uplink, releaseMs, (from, to) => sent(problem, from, to));
    return isDone ? { ...state, known, uplink } : undefined;
  }
  const workers = withJob(state.workers, { dueMs: throughByMs, left: localMs });
  const isDone = isFeasible(workers, releaseMs, (from, to) => worked(problem, from, to));
  return isDone ? { ...state, known, workers } : undefined;
}

/** What is known of a frame is added to what all are worth, and what is older is forgotten. */
function look(problem: Problem, state: State, at: number): State {
  const now = state.known.filter(({ from }) => from <= at)
    .reduce<Known | undefined>((a, b) => a && a.frame > b.frame ? a : b, undefined);
  const worth = now ? problem.worth(now.frame, now.point, at) : problem.nothing(at);
  const later = state.known.filter(({ from, frame }) => from > at && frame > (now?.frame ?? -1));
  return { ...state, worth: state.worth + worth, known: now ? [now, ...later] : later };
}

/** Time passes until the next frame; nothing comes of it when some work is late. */
function goOn(problem: Problem, state: State, fromMs: number, untilMs: number): State[] {
  const uplink = done(state.uplink, fromMs, untilMs, (from, to) => sent(problem, from, to));
  const workers = done(state.workers, fromMs, untilMs, (from, to) => worked(problem, from, to));
  return uplink && workers ? [{ ...state, uplink, workers }] : [];
}

function sent({ uplink }: Problem, fromMs: number, toMs: number): number {
  return uplink.bytesUntil(toMs) - uplink.bytesUntil(fromMs);
}

function worked({ workers }: Problem, fromMs: number, toMs: number): number {
  return workers * (toMs - fromMs);
}

function withJob(jobs: readonly Job[], job: Job): readonly Job[] {
  return [...jobs, job].sort((a, b) => a.dueMs - b.dueMs);
}

/** Whether all that is left can be done in time, if it may begin now. */
function isFeasible(
  jobs: readonly Job[],
  fromMs: number,
  capacity: (fromMs: number, toMs: number) => number,
): boolean {
  let sum = 0;
  return jobs.every(({ dueMs, left }) => {
    sum += left;
    return dueMs >= fromMs && sum <= capacity(fromMs, dueMs) + ROUNDING;
  });
}

/** What is left of the work after some time; `undefined` when some of it is late. */
function done(
  jobs: readonly Job[],
  fromMs: number,
  untilMs: number,
  capacity: (fromMs: number, toMs: number) => number,
): readonly Job[] | undefined {
  if (!isFeasible(jobs, fromMs, capacity)) return undefined;
  if (untilMs === Infinity) return [];
  let can = capacity(fromMs, untilMs);
  return jobs.flatMap(({ dueMs, left }) => {
    const now = Math.min(left, can);
    can -= now;
    return left - now > ROUNDING ? [{ dueMs, left: left - now }] : [];
  });
}

/** Those of which no other has the same to come, is worth as much, and has less left to do. */
function undominated(states: readonly State[]): readonly State[] {
  const kept: State[] = [];
  for (const same of Map.groupBy(states, keyOf).values()) {
    const ofOne: State[] = [];
    for (const state of same.sort((a, b) => b.worth - a.worth)) {
      if (!ofOne.some((other) => hasNoMore(other, state))) ofOne.push(state);
    }
    kept.push(...ofOne);
  }
  return kept;
}

function keyOf({ known }: State): string {
  return known.map(({ from, frame, point }) => `${from},${frame},${point}`).join(";");
}

function hasNoMore(a: State, b: State): boolean {
  return hasNoMoreWork(a.uplink, b.uplink) && hasNoMoreWork(a.workers, b.workers);
}

/** Whether by every instant no more of it must be done. */
function hasNoMoreWork(a: readonly Job[], b: readonly Job[]): boolean {
  return a.every(({ dueMs }) => dueBy(a, dueMs) <= dueBy(b, dueMs) + ROUNDING);
}

function dueBy(jobs: readonly Job[], atMs: number): number {
  return jobs.reduce((sum, { dueMs, left }) => dueMs <= atMs ? sum + left : sum, 0);
}
