/** The clairvoyant bound: what no policy can pass that has one video, one network and one setting. */

import type { Network } from "../network/network.ts";
import type { Recording } from "../simulation/recording.ts";
import type { Setting } from "../simulation/simulate.ts";
import { exactBound } from "./exact.ts";
import { lagrangianBound } from "./lagrangian.ts";
import { problemOf } from "./problem.ts";

/** Ways that are looked at for an exact one, at each frame. */
const STATES_MAX = 300;

/** A bound of the mean F1 over frames. */
export interface Bound {
  /** No policy is better. */
  readonly accuracy: number;
  /** How it was found. */
  readonly kind: "exact" | "relaxed";
}

/**
 * Finds it. Of several edges each is reckoned to have the link and the cloud to itself.
 *
 * @param reached mean F1 that some policy reached: the bound need not come nearer.
 */
export function boundOf(
  recording: Recording,
  network: Network,
  setting: Setting,
  reached: number,
): Bound {
  let sum = 0;
  let kind: Bound["kind"] = "exact";
  for (let edge = 0; edge < setting.edges; edge++) {
    const problem = problemOf(recording, network, setting, edge);
    const exact = exactBound(problem, STATES_MAX);
    if (exact === undefined) kind = "relaxed";
    sum += exact ?? lagrangianBound(problem, setting.edges === 1 ? reached * setting.frames : 0);
  }
  return { accuracy: sum / (setting.edges * setting.frames), kind };
}
