/** Holds a control policy against all that one must do, and must not. */

import {
  answeredOf,
  checkInBounds,
  checkOneSided,
  checkReason,
  checkTotal,
  survey,
} from "./answers.ts";
import { type Contender, questionsFor } from "./contender.ts";
import { CHECKS, type Finding } from "./finding.ts";
import { checkState, checkTime, runInARow } from "./in_a_row.ts";
import { checkChance, checkPure } from "./purity.ts";

/** Snapshots that chance draws, where nobody says otherwise. */
export const SNAPSHOTS = 500;

/** How a policy is checked. */
export interface Checking {
  /** Of the snapshots, and of the numbers that it may draw. */
  readonly seed: number;
  /** Snapshots that chance draws, beside the extremes. */
  readonly snapshots: number;
  /** Milliseconds that a decision may take before an edge goes on without it. */
  readonly decisionMs: number;
}

/** Everything but the simulation. The same policy and seed, the same findings, but for the time taken. */
export async function checkPolicy(
  contender: Contender,
  { seed, snapshots, decisionMs }: Checking,
): Promise<readonly Finding[]> {
  const replied = await survey(contender, questionsFor(contender, seed, snapshots));
  const answered = answeredOf(replied);
  const total = checkTotal(replied);
  if (replied.every(({ reply }) => reply.kind === "failed")) {
    return [total, ...CHECKS.slice(2, -1).map((check) => skipped(check, "total"))];
  }
  const findings = [
    total,
    total.outcome === "failed"
      ? skipped("one_sided", "total")
      : await checkOneSided(contender, seed),
    checkInBounds(replied),
  ];
  if (answered.length === 0) {
    return [...findings, ...CHECKS.slice(4, -1).map((check) => skipped(check, "in_bounds"))];
  }
  findings.push(checkReason(answered));
  const chance = await checkChance(contender, answered);
  const pure = chance.outcome === "failed"
    ? skipped("pure", "chance")
    : await checkPure(contender, answered);
  const row = await runInARow(contender, seed);
  // What ends the run has been told above, where it has.
  const isTold = row.failure && findings.some(({ outcome }) => outcome === "failed");
  const state = isTold ? skipped("state", "what is above") : checkState(row);
  return [...findings, chance, pure, state, checkTime(row, decisionMs)];
}

function skipped(check: Finding["check"], before: string): Finding {
  return {
    check,
    outcome: "skipped",
    found: `not looked at before there is no fault in ${before}`,
  };
}
