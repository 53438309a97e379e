/** Servers get requests by what they report to be able to do (gRFC A58, weighted round robin). */

import type { Parameters } from "../parameters.ts";
import type { DispatchCandidate, DispatchPolicy } from "./policy.ts";
import { roundRobin } from "./round_robin.ts";

/** Its own parameters. */
export const parameters = {
  error_penalty: {
    about: "how much a server's failures count against it; 0 = not at all",
    unit: "",
    default: 1,
    min: 0,
    max: 100,
  },
} as const satisfies Parameters;

/** Milliseconds after which a report says nothing any more (A58's `weight_expiration_period`). */
const EXPIRES_MS = 180_000;

/** Of the numbers `n·φ mod 1`, any few in a row lie evenly in [0, 1) (Weyl; the golden ratio does best). */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * In the long run each server gets as large a share as its weight has of all: requests a second over
 * utilization, from its load reports. One without a report counts as the mean of the others; where
 * fewer than two have one, the servers take turns.
 */
export const weighted: DispatchPolicy = (snapshot, rng): string => {
  const { sequence, candidates, parameters: values } = snapshot;
  const penalty = values?.["error_penalty"] ?? parameters.error_penalty.default;
  const reported = candidates.map((candidate) => weightOf(candidate, penalty));
  const known = reported.filter((weight) => weight !== undefined);
  if (known.length < 2) return roundRobin(snapshot, rng);
  const mean = known.reduce((sum, weight) => sum + weight, 0) / known.length;
  const weights = reported.map((weight) => weight ?? mean);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = (sequence * GOLDEN % 1) * total;
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return (candidates[at] ?? candidates.at(-1)!).name;
};

/** Requests a second that the server would do at full utilization; nothing where it has not told. */
function weightOf({ report }: DispatchCandidate, penalty: number): number | undefined {
  if (!report || report.agoMs > EXPIRES_MS) return undefined;
  const { requestsPerSecond: rate, failuresPerSecond, utilization } = report;
  const weight = rate / (utilization + penalty * failuresPerSecond / rate);
  return weight > 0 && weight < Infinity ? weight : undefined; // of what is reported nothing is sure
}
