/** Judges policies by what another one, which goes by chance, has done: what they would have been worth. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { seedOf } from "../../core/rng.ts";
import type { DecisionRecord } from "../../edge/decision_record.ts";
import { type Need, NEEDS } from "../../policies/loaded_policy.ts";
import type { CheckedAnswer } from "../../policies/offload/check.ts";
import { decideOn } from "../../policies/offload/decide.ts";
import type { ControlSnapshot, Decision, Json } from "../../policies/offload/policy.ts";
import type { ParameterValues } from "../../policies/parameters.ts";
import type { Estimate } from "../simulation/score.ts";
import type { AskedPolicy } from "./decide_again.ts";
import {
  type Action,
  type Estimates,
  estimatesOf,
  meanEstimate,
  type Sample,
} from "./estimators.ts";
import type { DecisionRecording, RecordedDecision } from "./read_recording.ts";
import { type Reward, rewardOf } from "./reward.ts";

/**
 * Times that a policy which goes by chance is asked about a frame. What it would have done is drawn apart
 * from what was done: with the recorded seed both could go by the same numbers.
 */
export const DRAWS = 16;

/** Effective frames, and share of all frames, below which an estimate is not to be trusted. */
const EFFECTIVE_MIN = { frames: 50, share: 0.05 };

/** Standard errors below 1 from which on a mean weight is no chance any more. */
const ERRORS_MAX = 3;

/** A policy that is judged. */
export interface Candidate {
  /** As the user named it. */
  readonly name: string;
  /** Asked, several times a frame where it goes by chance. */
  readonly policy: AskedPolicy;
  /** Its own. */
  readonly parameters: ParameterValues;
}

/** What is judged by. */
export interface JudgeOptions {
  /** What a frame's end is worth. */
  readonly reward: Reward;
  /** Milliseconds; absent: as the policy was told. */
  readonly deadlineMs: number | undefined;
  /** Of what candidates draw, and of the bootstrap. */
  readonly seed: number;
  /** Aborts when it is to end early. */
  readonly stop: AbortSignal;
}

/** What a policy is found to be worth. */
export interface Judged extends Estimates {
  /** As the user named it. */
  readonly policy: string;
  /** Why the estimates are not to be trusted, each a clause; empty where nothing is known. */
  readonly warnings: readonly string[];
}

/** What came of judging. */
export interface Judgement {
  /** What is estimated the mean of. */
  readonly reward: Reward;
  /** Frames that were judged by. */
  readonly frames: number;
  /** Frames that were left out: their decision was not the policy's, since that was late. */
  readonly late: number;
  /** What the recorded policy came to. */
  readonly recorded: Estimate;
  /** In the order of the candidates. */
  readonly policies: readonly Judged[];
}

/**
 * Judges policies by recordings.
 *
 * @throws {SmarteyeError} `failed_precondition` with file and line where a recorded policy does not say how
 * probable its decision was, or a candidate cannot decide; `invalid_argument` when a recording is none;
 * `cancelled` when told to stop.
 */
export async function judge(
  recordings: readonly DecisionRecording[],
  candidates: readonly Candidate[],
  options: JudgeOptions,
): Promise<Judgement> {
  const { reward, deadlineMs, seed, stop } = options;
  const samples = candidates.map((): Sample[] => []);
  const rewards: number[] = [];
  let late = 0;
  const known = new Set<Need>();
  for (const [r, recording] of recordings.entries()) {
    const asked = candidates.map((candidate) => new Asked(candidate, recording));
    for await (const decision of recording.decisions()) {
      if (stop.aborted) throw new SmarteyeError("cancelled", "Cannot go on: told to stop");
      const { record } = decision;
      if (record.late) {
        late++;
        continue;
      }
      const done = {
        action: actionOf(record.decision),
        reward: rewardOf(reward, record, deadlineMs),
        propensity: propensityOf(recording, decision),
      };
      rewards.push(done.reward);
      for (const need of NEEDS) {
        if (record.snapshot.frame[need] !== undefined) known.add(need);
      }
      for (const [c, one] of asked.entries()) {
        // Other numbers than were recorded, and others in each recording.
        const draw = (n: number) => seedOf(seedOf(seed, 1000 * (r + 1) + n), record.frame);
        const choice = await one.choices(decision, draw);
        samples[c]!.push({ ...done, target: targetOf(done.action, choice), drawn: choice.drawn });
      }
    }
  }
  if (rewards.length === 0) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot judge by ${recordings[0]!.path}: there is no decision in it, one at least is wanted`,
    );
  }
  return {
    ...{ reward, frames: rewards.length, late, recorded: meanEstimate(rewards, seed) },
    policies: candidates.map(({ name, policy }, c) => {
      const estimates = estimatesOf(samples[c]!, seed);
      const warnings = warningsOf(estimates, rewards.length);
      for (const need of policy.needs.filter((one) => !known.has(one))) {
        warnings.push(`it goes by frame.${need}, which the recorded policy did not need to know`);
      }
      return { policy: name, ...estimates, warnings };
    }),
  };
}

/** What a candidate does with a frame. */
export interface Choices {
  /** Drawn independently; one, where it does not go by chance. */
  readonly drawn: readonly Action[];
  /** The probabilities of those that were drawn, as the candidate says them; empty where it does not. */
  readonly propensities: ReadonlyMap<string, number>;
}

/**
 * An unbiased estimate of the probability of an action: that which the candidate says of it, by the
 * probability to have heard of it in so many draws (Horvitz and Thompson), else how often it was drawn.
 */
export function targetOf({ key }: Action, { drawn, propensities }: Choices): number {
  const propensity = propensities.get(key);
  if (propensity !== undefined) return propensity / (1 - (1 - propensity) ** drawn.length);
  return drawn.filter((action) => action.key === key).length / drawn.length;
}

/** A candidate in one recording. */
class Asked {
  readonly #isRecorded: boolean;
  readonly #actions = new Map<string, Action>();
  /** What it wants to be told with the next frame. */
  #state: Json | undefined;

  constructor(
    private readonly candidate: Candidate,
    private readonly recording: DecisionRecording,
  ) {
    const { head } = recording;
    const { name, parameters } = candidate;
    this.#isRecorded = name === head.control_policy &&
      JSON.stringify(parameters) === JSON.stringify(head.parameters);
  }

  async choices(decision: RecordedDecision, seed: (n: number) => number): Promise<Choices> {
    const snapshot = this.#snapshot(decision.record);
    const first = await this.#ask(decision, snapshot, seed(0));
    if (first.state !== undefined) this.#state = first.state;
    const answers = [first];
    const draws = first.propensity === undefined || first.propensity === 1 ? 1 : DRAWS;
    while (answers.length < draws) {
      answers.push(await this.#ask(decision, snapshot, seed(answers.length)));
    }
    const drawn = answers.map(({ decision }) => this.#known(actionOf(decision)));
    const propensities = answers.flatMap(({ propensity }, i) =>
      propensity === undefined ? [] : [[drawn[i]!.key, propensity] as const]
    );
    return { drawn, propensities: new Map(propensities) };
  }

  /** The same object for the same action: there are millions of decisions, and few actions. */
  #known(action: Action): Action {
    const known = this.#actions.get(action.key);
    if (!known) this.#actions.set(action.key, action);
    return known ?? action;
  }

  /** A policy that is not the recorded one is told its own parameters and state. */
  #snapshot({ snapshot }: DecisionRecord): ControlSnapshot {
    if (this.#isRecorded) return snapshot;
    const { state: _, ...rest } = snapshot;
    const { parameters } = this.candidate;
    return { ...rest, parameters, ...(this.#state === undefined ? {} : { state: this.#state }) };
  }

  async #ask(
    { line }: RecordedDecision,
    snapshot: ControlSnapshot,
    seed: number,
  ): Promise<CheckedAnswer> {
    try {
      return await decideOn(this.candidate.policy, snapshot, seed);
    } catch (cause) {
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot judge the policy "${this.candidate.name}" by line ${line} of ` +
          `"${this.recording.path}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}

/** Decisions are the same where all is but the reason: place, model, and in the cloud how it is sent. */
export function actionOf(decision: Decision): Action {
  const { reason: _, ...what } = decision;
  return { key: keyOf(what), place: decision.place };
}

/** The same for what says the same, in whatever order. */
function keyOf(what: object): string {
  const said = Object.entries(what).filter(([, value]) => value !== undefined);
  return said.sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, value]) => `${name} ${typeof value === "object" ? `(${keyOf(value)})` : value}`)
    .join(" ");
}

function propensityOf({ path, head }: DecisionRecording, { line, record }: RecordedDecision) {
  if (record.propensity !== undefined) return record.propensity;
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot judge by "${path}": at line ${line} the policy "${head.policy}" does not say how ` +
      "probable its decision was, the recording of one that goes by chance and says its propensity " +
      "with every decision is wanted",
  );
}

function warningsOf(
  { effectiveFrames, meanWeight: { mean, standardError } }: Estimates,
  frames: number,
): string[] {
  const warnings: string[] = [];
  const wanted = Math.max(EFFECTIVE_MIN.frames, EFFECTIVE_MIN.share * frames);
  if (effectiveFrames < wanted) {
    warnings.push(
      `what it decides was hardly ever done: that counts as ${effectiveFrames.toFixed(0)} of ` +
        `${frames} frames, ${wanted.toFixed(0)} at least are wanted`,
    );
  }
  if (mean + ERRORS_MAX * standardError < 1) {
    warnings.push(
      "some of what it decides had no chance to be done: " +
        `its weights have a mean of ${mean.toFixed(2)} in place of 1`,
    );
  }
  return warnings;
}
