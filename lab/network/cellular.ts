/** Links that behave like cellular ones, from a seed: so that nothing has to be recorded to try a policy. */

import { type Rng, seededRng } from "../../core/rng.ts";
import { type Capacity, type RateStep, steppedCapacity } from "./capacity.ts";

/** Milliseconds for which a rate holds. */
const STEP_MS = 100;

/** Steps until it begins anew: ten minutes. */
const STEPS = 6000;

/** How a direction's rate changes. */
export interface Radio {
  /** Bits a second that half of the time is above. */
  readonly medianBits: number;
  /** Standard deviation of the rate's logarithm. */
  readonly spread: number;
  /** Share of its variance that changes slowly: with where one is, not with what others do. */
  readonly slowShare: number;
  /** What is left of slow changes from step to step. */
  readonly slowMemory: number;
  /** What is left of fast ones. */
  readonly fastMemory: number;
  /** Share of the time in which nothing passes. */
  readonly outage: number;
  /** Steps that such a time lasts, on average. */
  readonly outageSteps: number;
}

/** A kind of cellular link, both ways. */
export interface Cellular {
  /** From the edge. */
  readonly up: Radio;
  /** To the edge. */
  readonly down: Radio;
}

const UMTS: Radio = {
  medianBits: 1.1e6,
  spread: 0.5,
  slowShare: 0.7,
  slowMemory: 0.995,
  fastMemory: 0.6,
  outage: 0.09,
  outageSteps: 6,
};
const LTE: Radio = {
  medianBits: 5e6,
  spread: 0.75,
  slowShare: 0.8,
  slowMemory: 0.98,
  fastMemory: 0.6,
  outage: 0.02,
  outageSteps: 3,
};

/**
 * What the kinds are like: by the medians, spreads, autocorrelations and outages of recorded links in
 * windows of 100 ms (Winstein et al., NSDI 2013); `docs/lab.md` holds the two side by side.
 */
export const CELLULAR: Readonly<Record<string, Cellular>> = {
  lte: { up: LTE, down: { ...LTE, medianBits: 8e6 } },
  umts: { up: UMTS, down: { ...UMTS, medianBits: 1.8e6, spread: 0.8 } },
  evdo: {
    up: { ...UMTS, medianBits: 0.95e6, slowShare: 0.5, outage: 0.11, outageSteps: 3 },
    down: { ...UMTS, medianBits: 0.5e6, spread: 0.8, slowShare: 0.5, outage: 0.25, outageSteps: 3 },
  },
};

/** What a direction of such a link carries. The same seed, the same link. */
export function radioCapacity(radio: Radio, seed: number): Capacity {
  const rng = seededRng(seed);
  let [slow, fast, isOut] = [gaussian(rng), gaussian(rng), false];
  const steps = Array.from({ length: STEPS }, (_, i): RateStep => {
    slow = next(slow, radio.slowMemory, rng);
    fast = next(fast, radio.fastMemory, rng);
    isOut = rng() < (isOut ? 1 - 1 / radio.outageSteps : startsOut(radio));
    const spread = Math.sqrt(radio.slowShare) * slow + Math.sqrt(1 - radio.slowShare) * fast;
    const bits = radio.medianBits * Math.exp(radio.spread * spread);
    return { fromMs: i * STEP_MS, bytesPerSec: isOut ? 0 : bits / 8 };
  });
  return steppedCapacity(steps, STEPS * STEP_MS);
}

/** How likely an outage begins at a step, for outages to have their share of the time. */
function startsOut({ outage, outageSteps }: Radio): number {
  return outage / (outageSteps * (1 - outage));
}

/** An autoregressive process of order 1, with variance 1. */
function next(value: number, memory: number, rng: Rng): number {
  return memory * value + Math.sqrt(1 - memory ** 2) * gaussian(rng);
}

/** Normally distributed, by Box and Muller (1958). */
function gaussian(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
