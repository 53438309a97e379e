/** What a policy would have been worth, by what another one did: off-policy evaluation of a bandit. */

import { percentile } from "../../core/rolling_window.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import type { Estimate } from "../simulation/score.ts";

/** A decision as estimators see it: what counts as the same one has the same key. */
export interface Action {
  /** Place, model, height and quality. */
  readonly key: string;
  /** The place alone. */
  readonly place: string;
}

/** A recorded frame, and what the policy that is judged would have done with it. */
export interface Sample {
  /** What was done. */
  readonly action: Action;
  /** What came of it. */
  readonly reward: number;
  /** The probability with which it was done, above 0. */
  readonly propensity: number;
  /** The probability with which the judged policy would have done it, or an unbiased estimate of it. */
  readonly target: number;
  /** What the judged policy does: its one decision, or several that it drew independently. */
  readonly drawn: readonly Action[];
}

/** A policy's value by several estimators. */
export interface Estimates {
  /**
   * Doubly robust (Dudík, Langford and Li, ICML 2011): what a model of the reward says of what the judged
   * policy does, corrected by the weighted errors of the model where it does the same.
   */
  readonly doublyRobust: Estimate;
  /** Inverse propensity score (Horvitz and Thompson, JASA 1952): unbiased, of great variance. */
  readonly inversePropensity: Estimate;
  /**
   * The same, divided by the mean weight (Swaminathan and Joachims, NeurIPS 2015); `null` where both
   * policies never did the same.
   */
  readonly selfNormalised: Estimate | null;
  /** Frames that the weighted ones count as (Kish, 1965): (Σw)² / Σw². */
  readonly effectiveFrames: number;
  /** Frames with a weight above 0. */
  readonly matched: number;
  /** 1 in the mean, where all that the judged policy does had a chance to be done; with its standard error. */
  readonly meanWeight: { readonly mean: number; readonly standardError: number };
}

/** Resamples of the bootstrap. */
const RESAMPLES = 1000;

/** Rewards that the mean of what is above counts as, where there are few of an action's own. */
const SHRINKAGE = 10;

/**
 * Estimates the judged policy's mean reward.
 *
 * @param samples in order of time.
 * @param seed of the bootstrap.
 * @throws {RangeError} when there are none.
 */
export function estimatesOf(samples: readonly Sample[], seed: number): Estimates {
  if (samples.length === 0) throw new RangeError("Cannot estimate anything from no sample");
  const weights = samples.map(({ target, propensity }) => target / propensity);
  const ones = samples.map(() => 1);
  const weighted = samples.map(({ reward }, i) => weights[i]! * reward);
  const rng = seededRng(seed);
  return {
    doublyRobust: ratio(doublyRobustTerms(samples), ones, rng)!,
    inversePropensity: ratio(weighted, ones, rng)!,
    selfNormalised: ratio(weighted, weights, rng),
    effectiveFrames: effectiveSize(weights),
    matched: weights.filter((weight) => weight > 0).length,
    meanWeight: meanOf(weights),
  };
}

/** Kish's effective sample size; 0 where all weights are. */
export function effectiveSize(weights: readonly number[]): number {
  const squares = sumOf(weights.map((weight) => weight * weight));
  return squares === 0 ? 0 : sumOf(weights) ** 2 / squares;
}

/** What each frame adds to the doubly robust estimate, which is the mean of these. */
export function doublyRobustTerms(samples: readonly Sample[]): readonly number[] {
  // A frame's model has not seen its reward: cross-fitting (Chernozhukov et al., 2018), in two folds.
  const models = [0, 1].map((fold) => rewardModel(samples.filter((_, i) => i % 2 !== fold)));
  return samples.map(({ action, reward, propensity, target, drawn }, i) => {
    const model = models[i % 2]!;
    const expected = sumOf(drawn.map(model)) / drawn.length;
    return expected + target / propensity * (reward - model(action));
  });
}

/**
 * What an action is worth, by the mean of its rewards, shrunk to that of its place, which is shrunk to that
 * of all: where there are none, the model says what is known of the place.
 */
export function rewardModel(
  samples: readonly Pick<Sample, "action" | "reward">[],
): (action: Action) => number {
  const overall = samples.length === 0 ? 0 : sumOf(samples.map(({ reward }) => reward)) /
    samples.length;
  const places = sumsBy(samples, ({ place }) => place);
  const actions = sumsBy(samples, ({ key }) => key);
  return ({ key, place }) => shrunk(actions.get(key), shrunk(places.get(place), overall));
}

interface Sum {
  readonly sum: number;
  readonly count: number;
}

function sumsBy(
  samples: readonly Pick<Sample, "action" | "reward">[],
  group: (action: Action) => string,
): ReadonlyMap<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const { action, reward } of samples) {
    const { sum, count } = sums.get(group(action)) ?? NOTHING;
    sums.set(group(action), { sum: sum + reward, count: count + 1 });
  }
  return sums;
}

const NOTHING: Sum = { sum: 0, count: 0 };

function shrunk({ sum, count } = NOTHING, to: number): number {
  return (sum + SHRINKAGE * to) / (count + SHRINKAGE);
}

/** The mean of rewards, with its interval. @throws {RangeError} when there are none. */
export function meanEstimate(rewards: readonly number[], seed: number): Estimate {
  if (rewards.length === 0) throw new RangeError("Cannot estimate a mean of nothing");
  return ratio(rewards, rewards.map(() => 1), seededRng(seed))!;
}

/**
 * The ratio of two sums over frames, with its interval: a circular block bootstrap (Politis and Romano,
 * 1992), for frames that follow each other are alike, in blocks of n^(1/3) (Hall, Horowitz and Jing,
 * Biometrika 1995). `null` where there is nothing to divide by.
 */
function ratio(above: readonly number[], below: readonly number[], rng: Rng): Estimate | null {
  const [total, divisor] = [sumOf(above), sumOf(below)];
  if (divisor === 0) return null;
  const { length } = above;
  const block = Math.ceil(Math.cbrt(length));
  const blocks = Math.ceil(length / block);
  const [aboveSums, belowSums] = [blockSums(above, block), blockSums(below, block)];
  const ratios: number[] = [];
  for (let n = 0; n < RESAMPLES; n++) {
    let [a, b] = [0, 0];
    for (let i = 0; i < blocks; i++) {
      const at = Math.floor(rng() * length);
      a += aboveSums[at]!;
      b += belowSums[at]!;
    }
    if (b !== 0) ratios.push(a / b);
  }
  const mean = total / divisor;
  return {
    mean,
    low: percentile(ratios, 2.5) ?? mean,
    high: percentile(ratios, 97.5) ?? mean,
  };
}

/** Sums of so many values in a row, from each place on; behind the last comes the first. */
function blockSums(values: readonly number[], block: number): readonly number[] {
  return values.map((_, from) => {
    let sum = 0;
    for (let i = 0; i < block; i++) sum += values[(from + i) % values.length]!;
    return sum;
  });
}

function meanOf(values: readonly number[]): Estimates["meanWeight"] {
  const mean = sumOf(values) / values.length;
  const variance = sumOf(values.map((value) => (value - mean) ** 2)) /
    Math.max(1, values.length - 1);
  return { mean, standardError: Math.sqrt(variance / values.length) };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
