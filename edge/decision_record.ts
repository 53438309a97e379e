/** Lines of a recording of decisions: what each was made on, what it was, and what came of it. */

import project from "../deno.json" with { type: "json" };
import { seedOf } from "../core/rng.ts";
import type { ControlSnapshot, Decision, Shadow } from "../policies/offload/policy.ts";
import type { ParameterValues } from "../policies/parameters.ts";
import type { Decided, Ending, FrameRecord } from "./record.ts";
import type { FrameResult } from "./sink/sink.ts";

/** Behind the name of a source, in that of its recording. */
export const RECORDING_ENDING = ".decisions.jsonl";

/** The first line: what holds for all others. */
export interface DecisionsHead {
  /** Of the form of the lines: it changes when what they say changes its meaning. */
  readonly form: 1;
  /** The source, as the run names it; no passwords. */
  readonly source: string;
  /** The policy's name, as `results.jsonl` has it. */
  readonly policy: string;
  /** What the user named: a registered policy, or the path of a module. By it the policy is found again. */
  readonly control_policy: string;
  /** The policy's own parameters, every one. */
  readonly parameters: ParameterValues;
  /** Of all that is left to chance in the run. */
  readonly seed: number;
  /** The version of the program that wrote it. */
  readonly smarteye: string;
}

/** What a run knows of its recording, before there is a decision. */
export type RecordedRun = Pick<
  DecisionsHead,
  "source" | "policy" | "control_policy" | "parameters" | "seed"
>;

/** Where a frame could have been inferred, with which model; `filter` could always have been decided. */
export interface Candidate {
  /** On the edge, or through the forwarder. */
  readonly place: "local" | "cloud";
  /** Offered there at that moment; in the cloud, at any height and quality. */
  readonly model: string;
}

/** What was found in a frame, as far as it is good for judging a decision. */
export interface FindingsRecord {
  /** Detections or classifications. */
  readonly count: number;
  /** Mean of their scores, 0 to 1; 0 where nothing was found. */
  readonly mean_score: number;
}

/** A line that is not the first: a frame that something was decided about. */
export interface DecisionRecord {
  /** The frame's number in the run. Numbers are missing of frames that nothing was decided about. */
  readonly frame: number;
  /** Of the numbers that the policy could draw: `seedOf` (`core/rng.ts`) of the run's and the frame's. */
  readonly seed: number;
  /** What it was decided on. What is `undefined` there is absent here. */
  readonly snapshot: ControlSnapshot;
  /** What was decided, and the policy's reason: place and model, of the cloud also height and quality. */
  readonly decision: Decision;
  /** The probability of this decision, where the policy says it. */
  readonly propensity?: number;
  /** What another policy would have done, where one was asked. */
  readonly shadow?: Shadow;
  /** The policy did not decide in time: the decision is what is done then, and not the policy's. */
  readonly late?: true;
  /** Every place and model that could have been decided. */
  readonly candidates: readonly Candidate[];
  /** What happened, not what was decided: a fallback is `local`. */
  readonly outcome: FrameRecord["outcome"];
  /** Why it was filtered, dropped or failed, or why the cloud could not do it; else absent. */
  readonly detail?: string;
  /** The model that inferred it; `null` when none did. */
  readonly model: string | null;
  /** From capture to result, milliseconds. */
  readonly latency_ms: number;
  /** Bytes sent for the frame. */
  readonly bytes_up: number;
  /** Bytes received for the frame. */
  readonly bytes_down: number;
  /** `null` where it was not inferred. */
  readonly findings: FindingsRecord | null;
}

/** The first line of a recording. */
export function decisionsHeadOf(run: RecordedRun): DecisionsHead {
  const { source, policy, control_policy, parameters, seed } = run;
  return {
    ...{ form: 1, source, policy, control_policy, parameters, seed },
    smarteye: project.version,
  };
}

/**
 * The line of a frame that something was decided about.
 *
 * @param runSeed of the run.
 */
export function decisionRecordOf(
  { snapshot, decision, propensity, shadow, late }: Decided,
  { ending, record }: Pick<FrameResult, "ending" | "record">,
  runSeed: number,
): DecisionRecord {
  const { frame, outcome, detail, model, latency_ms, bytes_up, bytes_down } = record;
  return {
    ...{ frame, seed: seedOf(runSeed, frame), snapshot, decision },
    ...(propensity === undefined ? {} : { propensity }),
    ...(shadow === undefined ? {} : { shadow }),
    ...(late ? { late } : {}),
    candidates: candidatesOf(snapshot),
    outcome,
    ...(detail === undefined ? {} : { detail }),
    ...{ model, latency_ms, bytes_up, bytes_down },
    findings: "findings" in ending ? findingsRecord(ending) : null,
  };
}

function candidatesOf(snapshot: ControlSnapshot): readonly Candidate[] {
  return (["local", "cloud"] as const).flatMap((place) =>
    snapshot[place].models.map(({ name }) => ({ place, model: name }))
  );
}

function findingsRecord({ findings }: Extract<Ending, { findings: unknown }>): FindingsRecord {
  const all = "detections" in findings ? findings.detections : findings.classifications;
  const sum = all.reduce((sum, { score }) => sum + score, 0);
  return { count: all.length, mean_score: all.length === 0 ? 0 : sum / all.length };
}
