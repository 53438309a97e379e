/** Decides again from a recording, and finds what comes out otherwise. */

import { isDeepStrictEqual } from "node:util";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { DecisionRecord } from "../../edge/decision_record.ts";
import type { LoadedPolicy } from "../../policies/loaded_policy.ts";
import type { CheckedAnswer } from "../../policies/offload/check.ts";
import { decideOn } from "../../policies/offload/decide.ts";
import type { ControlSnapshot, Json } from "../../policies/offload/policy.ts";
import { show } from "../../policies/show.ts";
import type { DecisionRecording } from "./read_recording.ts";

/** Differences that are told one by one. */
export const TOLD_MAX = 5;

/** A policy as a replay asks it. */
export type AskedPolicy = Pick<LoadedPolicy<ControlSnapshot>, "name" | "ask" | "needs">;

/** A decision that comes out otherwise. */
export interface Difference {
  /** Of the recording. */
  readonly path: string;
  /** Where it stands there, from 1. */
  readonly line: number;
  /** The frame. */
  readonly frame: number;
  /** What was recorded and what comes out now. */
  readonly what: string;
}

/** What became of a recording that was decided again. */
export interface Replayed {
  /** Of the recording. */
  readonly path: string;
  /** The name of the policy that was asked. */
  readonly policy: string;
  /** The version of the program that recorded it. */
  readonly smarteye: string;
  /** Decisions that were made again. */
  readonly decisions: number;
  /** Those that the policy had not made in time: they were not its own, and are not made again. */
  readonly late: number;
  /** Decisions that came out otherwise. */
  readonly differences: number;
  /** The first of them. */
  readonly first: readonly Difference[];
}

/**
 * Makes every decision of a recording again, of its snapshot and seed, and compares what comes out to the
 * last bit: the decision, its reason and propensity, and the state that the next snapshot had of it.
 *
 * @param stop aborts when it is to end early.
 * @throws {SmarteyeError} when the recording is none; `cancelled` when told to stop.
 */
export async function decideAgain(
  { path, head, decisions }: DecisionRecording,
  policy: AskedPolicy,
  stop: AbortSignal,
): Promise<Replayed> {
  const first: Difference[] = [];
  let [count, late, differences] = [0, 0, 0];
  /** What the next snapshot has to have; `undefined` where that is not known. */
  let next: { readonly state: Json | undefined } | undefined = { state: undefined };
  for await (const { line, record } of decisions()) {
    if (stop.aborted) throw new SmarteyeError("cancelled", "Cannot go on: told to stop");
    const { snapshot } = record;
    const found = next ? differing("the state before it", snapshot.state, next.state) : [];
    if (record.late) {
      late++;
      next = { state: snapshot.state };
    } else {
      count++;
      const again = await answered(policy, record);
      if (again.answer) found.push(...comparedWith(record, again.answer));
      else found.push(`it decides nothing now: ${again.why}`);
      next = again.answer && { state: again.answer.state ?? snapshot.state };
    }
    if (found.length === 0) continue;
    differences++;
    if (first.length < TOLD_MAX) {
      first.push({ path, line, frame: record.frame, what: found.join("; ") });
    }
  }
  const { smarteye } = head;
  return { path, policy: policy.name, smarteye, decisions: count, late, differences, first };
}

type Again =
  | { readonly answer: CheckedAnswer; readonly why?: undefined }
  | { readonly answer: undefined; readonly why: string };

async function answered(policy: AskedPolicy, { snapshot, seed }: DecisionRecord): Promise<Again> {
  try {
    return { answer: await decideOn(policy, snapshot, seed) };
  } catch (error) {
    return { answer: undefined, why: messageOf(error) };
  }
}

function comparedWith(record: DecisionRecord, again: CheckedAnswer): readonly string[] {
  const before: Readonly<Record<string, unknown>> = { ...record.decision };
  const now: Readonly<Record<string, unknown>> = { ...again.decision };
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return [
    ...keys.flatMap((key) => differing(key, before[key], now[key])),
    ...differing("propensity", record.propensity, again.propensity),
    ...differing("shadow", record.shadow, again.shadow),
  ];
}

function differing(what: string, recorded: unknown, now: unknown): string[] {
  // A snapshot has no -0: JSON does not know it.
  if (isDeepStrictEqual(recorded, now) || recorded === now) return [];
  return [`${what} was ${show(recorded)}, and is ${show(now)} now`];
}
