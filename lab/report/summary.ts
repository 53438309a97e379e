/** What each policy achieved across all cells of a study: means, and the worst beside them. */

import type { Estimate } from "../simulation/score.ts";
import { ORACLE, type Result, type Study } from "../study/study.ts";

/** A cell of a study. */
export type StudyCell = Study["cells"][number];

/** One policy across all cells. */
export interface PolicySummary {
  /** As the plan names it. */
  readonly policy: string;
  /** Its result in each cell; `undefined` where there is none. */
  readonly results: readonly (Result | undefined)[];
  /** Mean F1 over cells, and between which values it lies; of the bound there is no interval. */
  readonly accuracy: Estimate;
  /** F1 of the worst cell. */
  readonly leastAccuracy: number;
  /** Mean and least share of the bound; `undefined` where no cell has a bound. */
  readonly shareOfBound: { readonly mean: number; readonly min: number } | undefined;
  /** All else, which the bound does not have. */
  readonly cost: PolicyCost | undefined;
}

/** What a policy took, across all cells. */
export interface PolicyCost {
  /** Missed frames as a share of those captured: of all, and in the worst cell. */
  readonly missed: { readonly mean: number; readonly max: number };
  /** 95th percentile of latency in the worst cell, milliseconds; `undefined` without any results. */
  readonly worstP95Ms: number | undefined;
  /** Sent. */
  readonly bytesUp: number;
  /** Sent for each captured frame. */
  readonly bytesPerFrame: number;
  /** Seconds that servers were at work. */
  readonly serverSeconds: number;
}

/** The policies of a study that have results, in the plan's order, the bound last. */
export function policiesOf({ plan, cells }: Study): readonly string[] {
  const found = new Set(cells.flatMap(({ results }) => results.map(({ policy }) => policy)));
  const planned = plan.policies.map(({ name }) => name).filter((name) => found.has(name));
  const names = [...new Set([...planned, ...found])];
  return [...names.filter((name) => name !== ORACLE), ...names.filter((name) => name === ORACLE)];
}

/** Sums up every policy. */
export function summaries(study: Study): readonly PolicySummary[] {
  return policiesOf(study).map((policy) => {
    const results = study.cells.map((cell) => resultIn(cell, policy));
    const found = results.filter((result) => result !== undefined);
    const accuracies = found.map(({ accuracy }) => accuracy);
    const shares = found.flatMap(({ shareOfBound }) => shareOfBound ?? []);
    return {
      policy,
      results,
      accuracy: meanOfCells(found),
      leastAccuracy: Math.min(...accuracies),
      shareOfBound: shares.length === 0 || policy === ORACLE
        ? undefined
        : { mean: mean(shares), min: Math.min(...shares) },
      cost: costOf(found),
    };
  });
}

/** The result of a policy in a cell. */
export function resultIn({ results }: StudyCell, policy: string): Result | undefined {
  return results.find((result) => result.policy === policy);
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The mean over cells and its interval, for these videos and networks: cells are independent, so that
 * the squares of their intervals' halves add up.
 */
function meanOfCells(results: readonly Result[]): Estimate {
  const middle = mean(results.map(({ accuracy }) => accuracy));
  const half = (side: (estimate: Estimate) => number) =>
    Math.sqrt(
      results.reduce((sum, { score }) => sum + (score ? side(score.accuracy) ** 2 : 0), 0),
    ) / results.length;
  return {
    mean: middle,
    low: middle - half((estimate) => estimate.mean - estimate.low),
    high: middle + half((estimate) => estimate.high - estimate.mean),
  };
}

function costOf(results: readonly Result[]): PolicyCost | undefined {
  const scores = results.flatMap(({ score }) => score ?? []);
  if (scores.length === 0) return undefined;
  const sum = (value: (score: typeof scores[number]) => number) =>
    scores.reduce((total, score) => total + value(score), 0);
  const captured = Math.max(1, sum(({ frames }) => frames.captured));
  const latencies = scores.flatMap(({ latencyMs }) => latencyMs?.p95 ?? []);
  const bytesUp = sum((score) => score.bytesUp);
  return {
    missed: {
      mean: sum(({ misses }) => misses) / captured,
      max: Math.max(...scores.map(({ misses, frames }) => misses / Math.max(1, frames.captured))),
    },
    worstP95Ms: latencies.length === 0 ? undefined : Math.max(...latencies),
    ...{ bytesUp, bytesPerFrame: bytesUp / captured },
    serverSeconds: sum(({ serverSeconds }) => serverSeconds),
  };
}
