/** The server whose processors are least busy. */

import { leastOf } from "./least.ts";
import type { DispatchCandidate, DispatchPolicy } from "./policy.ts";

/**
 * Utilizations are compared in whole percent, which is about as well as they are measured; among
 * equals the server with the fewest of our requests is taken, so that a report that is a second old
 * does not send everything to one server. Before any server has reported, that alone decides.
 */
export const lowestCpuUtilization: DispatchPolicy = ({ candidates }, rng): string => {
  const unreported = meanPercent(candidates);
  const percentOf = (candidate: DispatchCandidate) => percent(candidate) ?? unreported;
  const lowest = Math.min(...candidates.map(percentOf));
  const idlest = candidates.filter((candidate) => percentOf(candidate) === lowest);
  return leastOf(idlest, ({ inFlight }) => inFlight, rng);
};

function percent({ load }: DispatchCandidate): number | undefined {
  if (!load || !Number.isFinite(load.cpuUtilization)) return undefined;
  return Math.round(load.cpuUtilization * 100);
}

/**
 * What is assumed of a server that has not reported: as busy as the others are on average. Assuming
 * it idle would send it everything, assuming it busy would never let it answer and so report.
 */
function meanPercent(candidates: readonly DispatchCandidate[]): number {
  const known = candidates.map(percent).filter((value) => value !== undefined);
  if (known.length === 0) return 0;
  return Math.round(known.reduce((sum, value) => sum + value, 0) / known.length);
}
