/**
 * A contextual bandit over operating points: the edge, the last result as it is, and the cloud at a few
 * heights and qualities. What each is worth is expected by what the link and the scene are like (the
 * context), and corrected by what came of earlier decisions: how often an operating point was in time,
 * against what had been expected of it, and how much its results agreed with better ones. Now and then it
 * tries another.
 *
 * SquareCB (Foster and Rakhlin, Beyond UCB: Optimal and Efficient Contextual Bandits with Regression Oracles,
 * ICML 2020): a regression tells what is expected, the gaps in it how often to try what. So each decision's
 * probability is known, and other policies can be judged by a recording of it.
 */

import type { Rng } from "../../core/rng.ts";
import type { Parameters } from "../parameters.ts";
import { type ContentMemory, keptAfter, learnContent } from "./content.ts";
import {
  armOf,
  type Experience,
  learnExperience,
  NEW_ARM,
  surpriseOf,
  TRIES_MAX,
  type Try,
} from "./experience.ts";
import { type Sending, wireBytes } from "./expected_accuracy.ts";
import { drawn, inverseGapWeights } from "./inverse_gap.ts";
import { HOPE, Outlook } from "./outlook.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Decision, Json } from "./policy.ts";

/** Its own parameters. The defaults are the customary tenth for trying, and bytes that cost nothing. */
export const parameters = {
  explore: {
    about: "share of frames for which another choice is tried, at most",
    unit: "",
    default: 0.1,
    min: 0,
    max: 1,
  },
  byte_cost: {
    about: "accuracy that a megabyte costs, summed over frames; 0 = nothing",
    unit: "frames",
    default: 0,
    min: 0,
    max: 1000,
  },
} as const satisfies Parameters;

/**
 * How sharply a gap in worth counts, by the root of the choices and of the decisions that were learned from,
 * as it grows in the paper's theorem 1. Once it has grown, what is expected to be worth 0.1 less is tried an
 * eighth as often as what is worth the same; by no video.
 */
const GAMMA = 36;

/** What may be done with a frame, and what is expected of it. */
interface Arm {
  /** Where, as a decision names it. */
  readonly place: Decision["place"];
  /** How it is sent to the cloud. */
  readonly sending?: Sending;
  /** How likely its answer is in time, by the context alone. */
  readonly likely?: number;
  /** Of this frame and the next one. */
  readonly worth: number;
}

/** Decides. */
export const bandit: ControlPolicy = (snapshot, rng: Rng): Answer => {
  const kept = keptIn(snapshot.state);
  const content = learnContent({ ...snapshot, state: kept.content });
  const outlook = new Outlook(snapshot, content, { mayFilter: true, hope: HOPE });
  const experience = learnExperience(kept.experience, snapshot, content, outlook.sendings);
  const model = outlook.sendsTo;
  const arms = [
    ...armsHere(outlook),
    ...model ? armsThere(snapshot, outlook, content, experience) : [],
  ];
  const probabilities = inverseGapWeights(
    arms.map(({ worth }) => worth),
    GAMMA * Math.sqrt(arms.length * experience.learned),
    parameterOf(snapshot, "explore"),
  );
  const at = drawn(probabilities, rng);
  const { place, sending, likely = 0, worth } = arms[at]!;
  const propensity = probabilities[at]!;
  const reason = `${(worth / 2).toFixed(2)} expected, ${propensity.toFixed(3)} probable`;
  const state = { content, experience };
  if (place === "filter") return { place, reason, propensity, state };
  if (!sending) return { place: "local", model: outlook.here!.name, reason, propensity, state };
  const { index, ptsMs, ageMs } = snapshot.frame;
  const tried: Try = [index, ptsMs + ageMs, armOf(sending), rounded(likely)];
  const tries = [...experience.tries, tried].slice(-TRIES_MAX);
  return {
    ...outlook.send(model!, sending, true, reason),
    propensity,
    state: { content, experience: { ...experience, tries } },
  };
};

/** What the edge may do by itself. */
function armsHere(outlook: Outlook): readonly Arm[] {
  return [
    ...outlook.here ? [{ place: "local", worth: outlook.inferredHere } as const] : [],
    ...outlook.carried > 0 || !outlook.here
      ? [{ place: "filter", worth: outlook.lastKept } as const]
      : [],
  ];
}

/** The operating points in the cloud. */
function armsThere(
  snapshot: ControlSnapshot,
  outlook: Outlook,
  content: ContentMemory,
  experience: Experience,
): readonly Arm[] {
  const byteCost = parameterOf(snapshot, "byte_cost") / 1e6;
  const kept = keptAfter(content, content.intervalMs);
  // Every offload is hedged: what the edge finds counts where no answer comes.
  const unanswered = outlook.here ? outlook.inferredHere : outlook.lastKept;
  return outlook.sendings.map((sending): Arm => {
    const likely = outlook.likely(sending);
    const { timely, quality } = experience.arms[armOf(sending)] ?? NEW_ARM;
    const inTime = within01(likely + surpriseOf(timely));
    const accuracy = within01(sending.accuracy + surpriseOf(quality));
    const worth = inTime * accuracy * (1 + kept) + (1 - inTime) * unanswered -
      byteCost * wireBytes(snapshot, sending);
    return { place: "cloud", sending, worth, likely };
  });
}

function parameterOf(
  { parameters: given }: ControlSnapshot,
  name: keyof typeof parameters,
): number {
  return given[name] ?? parameters[name].default;
}

/** A probability as it is kept: to three digits. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function within01(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function keptIn(state: Json | undefined) {
  const isKept = typeof state === "object" && state !== null && "experience" in state;
  return isKept
    ? state as unknown as { content: Json; experience: Experience }
    : { content: undefined, experience: undefined };
}
