/** Learns how much a frame may differ from the last inferred one: by trying every threshold at once. */

import type { Frame } from "../../core/frame.ts";
import { Eye } from "../../edge/filter/eye.ts";
import type { Result } from "../../edge/filter/frame_filter.ts";
import {
  aimOf,
  FEATURE_NAMES,
  type FeatureName,
  LearnedTolerance,
} from "../../edge/filter/learned_tolerance.ts";
import { type GateOptions, MotionGate } from "../../edge/filter/motion_gate.ts";
import { Rehearsal, type Score } from "./rehearsal.ts";

/** Thresholds of a feature, and how a filter does with each. */
export interface Tried extends Score {
  /** What changes are told by. */
  readonly feature: FeatureName;
  /** How large one may be. */
  readonly threshold: number;
}

/** The least threshold of a feature that is tried; each further is so much greater. */
const LEAST: Readonly<Record<FeatureName, number>> = {
  pixel: 0.002,
  edge: 0.001,
  area: 0.002,
  time: 50,
};
const FACTOR = 1.12;
const THRESHOLDS = 42;

/** Shows a video to a filter for each threshold of each feature. */
export class Lesson {
  readonly #rehearsals: readonly {
    readonly feature: FeatureName;
    readonly threshold: number;
    readonly rehearsal: Rehearsal;
  }[];

  /** Has been shown nothing yet. @param target mean F1 that is wanted. */
  constructor(target: number, gate: GateOptions) {
    const eye = new Eye(gate);
    this.#rehearsals = FEATURE_NAMES.flatMap((feature) =>
      Array.from({ length: THRESHOLDS }, (_, i) => {
        const threshold = Number((LEAST[feature] * FACTOR ** i).toPrecision(3));
        const tolerance = new LearnedTolerance({ feature, threshold, target, within: 1 }, true);
        return {
          feature,
          threshold,
          rehearsal: new Rehearsal(new MotionGate(gate, tolerance, eye)),
        };
      })
    );
  }

  /** Shows the next frame, and what was found in it. */
  async show(frame: Frame, result: Result): Promise<void> {
    for (const { rehearsal } of this.#rehearsals) await rehearsal.show(frame, result);
  }

  /** How each threshold does. */
  tried(): readonly Tried[] {
    return this.#rehearsals.map(({ feature, threshold, rehearsal }) => (
      { feature, threshold, ...rehearsal.score() }
    ));
  }
}

/** Of what may be lost, what is lost at most in each quarter of a video. */
const QUARTER_LOSS = 1.25;

/**
 * Share of what `time` infers that another change has to do with to be chosen before it. How far things
 * go in a time is much the same an hour later, how much pixels change is not.
 */
const WORTH_LEAVING_TIME = 0.75;

/**
 * What keeps back most, of all that lose no more than is aimed at where there is something to lose, and
 * in no quarter of it much more: what holds for one part only will not hold later.
 */
export function chosenOf(tried: readonly Tried[], target: number): Tried | undefined {
  const good = tried.filter(({ judgedAccuracy, worstAccuracy }) =>
    judgedAccuracy >= aimOf(target) && worstAccuracy >= 1 - QUARTER_LOSS * (1 - target)
  );
  const most = mostKeptBack(good);
  const steady = mostKeptBack(good.filter(({ feature }) => feature === "time"));
  if (!most || !steady) return most;
  return most.inferred <= WORTH_LEAVING_TIME * steady.inferred ? most : steady;
}

/** What keeps back most; of several, the most accurate. */
export function mostKeptBack<T extends Score>(tried: readonly T[]): T | undefined {
  return tried.toSorted((a, b) => a.inferred - b.inferred || b.accuracy - a.accuracy)[0];
}
