/** What a study says of each policy over all videos and networks: beside the mean, the worst. */

import { BEST_STATIC, type Result, type Study } from "./study.ts";

/** A policy over all cells. */
export interface PolicySummary {
  /** As the plan names it. */
  readonly policy: string;
  /** F1, mean over cells. */
  readonly accuracy: number;
  /** Share of the bound, mean and least over cells; `null` without a bound. */
  readonly shareOfBound: { readonly mean: number; readonly least: number } | null;
  /** F1 less that of the best static policy, least over cells; `null` where that was not asked for. */
  readonly worstVersusStatic: number | null;
  /** Share of frames without a result in time, mean and most over cells; `null` of the bound. */
  readonly missed: { readonly mean: number; readonly most: number } | null;
  /** Bytes that were sent, over all cells; `null` of the bound. */
  readonly bytesUp: number | null;
}

/** One for each policy, in the plan's order. */
export function summariesOf({ plan, cells }: Study): readonly PolicySummary[] {
  return plan.policies.map(({ name }, at) => {
    const results = cells.map((cell) => cell.results[at]!);
    const shares = results.flatMap(({ shareOfBound }) => shareOfBound ?? []);
    const versus = cells.flatMap((cell) => {
      const best = cell.results.find(({ policy }) => policy === BEST_STATIC);
      return best ? [cell.results[at]!.accuracy - best.accuracy] : [];
    });
    const missed = results.flatMap(({ score }) => score ? [missedShare({ score })] : []);
    return {
      policy: name,
      accuracy: mean(results.map(({ accuracy }) => accuracy)),
      shareOfBound: shares.length === 0 ? null : { mean: mean(shares), least: Math.min(...shares) },
      worstVersusStatic: versus.length === 0 ? null : Math.min(...versus),
      missed: missed.length === 0 ? null : { mean: mean(missed), most: Math.max(...missed) },
      bytesUp: missed.length === 0
        ? null
        : results.reduce((sum, { score }) => sum + (score?.bytesUp ?? 0), 0),
    };
  });
}

function missedShare({ score }: { readonly score: NonNullable<Result["score"]> }): number {
  return score.misses / score.frames.captured;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
