/** What a check found, in a form that people and programs read. */

import { show } from "../../policies/show.ts";
import type { CheckedAnswer } from "../../policies/offload/check.ts";
import type { Question } from "./contender.ts";

/** What is checked, in the order in which it is told. */
export const CHECKS = [
  ...["loads", "total", "one_sided", "in_bounds", "reason", "chance", "pure", "state", "time"],
  "simulation",
] as const;

/** One of the checks: `total` that it always answers, `in_bounds` that this can be carried out, and so on. */
export type CheckName = typeof CHECKS[number];

/** What a check came to. */
export interface Finding {
  /** Which one. */
  readonly check: CheckName;
  /** `warning`: nothing that a camera would come to harm by; `skipped`: others have to pass before. */
  readonly outcome: "ok" | "warning" | "failed" | "skipped";
  /** What was found, in one line. */
  readonly found: string;
  /** What is wanted instead; absent where all is well. */
  readonly wanted?: string;
  /** What shows it, where one question does. */
  readonly question?: Question;
}

/** Two answers as one line; nothing when they are the same to the last bit. */
export function difference(first: CheckedAnswer, second: CheckedAnswer): string | undefined {
  const [one, other] = [JSON.stringify(first), JSON.stringify(second)];
  if (one === other) return undefined;
  const { decision, state, propensity } = first;
  if (JSON.stringify(decision) !== JSON.stringify(second.decision)) {
    return `${show(decision)}, then ${show(second.decision)}`;
  }
  return JSON.stringify(state) !== JSON.stringify(second.state)
    ? `the state ${show(state)}, then ${show(second.state)}`
    : `the propensity ${show(propensity)}, then ${show(second.propensity)}`;
}

/** `3 of 516 snapshots`. */
export function countOf(some: number, all: number): string {
  return `${some} of ${all} snapshots`;
}
