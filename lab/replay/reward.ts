/** What a decision was worth, by what came of it. */

import type { DecisionRecord } from "../../edge/decision_record.ts";

/** What policies can be judged by. */
export const REWARDS = ["in_time", "latency", "score"] as const;

/**
 * `in_time`: 1 when the frame was inferred within the deadline, else 0. `score`: the mean score of what was
 * found, when it was in time, else 0. `latency`: milliseconds from capture to result, at most the deadline,
 * which is also that of a frame without a result; the less the better.
 */
export type Reward = (typeof REWARDS)[number];

/**
 * The reward of a recorded frame.
 *
 * @param deadlineMs absent: the one of the settings that the policy was told.
 */
export function rewardOf(
  reward: Reward,
  { outcome, latency_ms, findings, snapshot }: DecisionRecord,
  deadlineMs: number = snapshot.settings.deadlineMs,
): number {
  const isInferred = outcome === "local" || outcome === "cloud";
  const isInTime = isInferred && latency_ms <= deadlineMs;
  switch (reward) {
    case "in_time":
      return isInTime ? 1 : 0;
    case "score":
      return isInTime ? findings?.mean_score ?? 0 : 0;
    case "latency":
      return isInTime ? latency_ms : deadlineMs;
    default:
      return reward satisfies never;
  }
}
