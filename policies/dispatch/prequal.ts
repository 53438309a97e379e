/** Requests in flight and latency, hot and cold (Prequal; Wydrowski et al., NSDI 2024). */

import type { Parameters } from "../parameters.ts";
import { leastOf } from "./least.ts";
import { sampleOf } from "./p2c.ts";
import type { DispatchCandidate, DispatchPolicy } from "./policy.ts";
import { queueLength } from "./shortest_queue.ts";

/** Its own parameters. */
export const parameters = {
  hot_quantile: {
    about: "share of the servers that are not hot, by their requests in flight",
    unit: "",
    default: 0.84, // Q_RIF, from which on the paper found tail latencies to rise
    min: 0,
    max: 1,
  },
  pool: {
    about: "servers that are compared, chosen at random",
    unit: "servers",
    default: 16, // the paper's pool of probes
    min: 2,
    max: 1000,
    isWhole: true,
  },
} as const satisfies Parameters;

/**
 * The hot-cold rule: a server is hot if it has more requests in flight than `hot_quantile` of all have.
 * Of those that are not, the one is taken whose answers take least time with as much to do as now; if
 * all of the pool are hot, the one with the fewest requests. Of six servers or fewer none is hot.
 */
export const prequal: DispatchPolicy = ({ candidates, parameters: values }, rng): string => {
  const quantile = values?.["hot_quantile"] ?? parameters.hot_quantile.default;
  const inFlight = candidates.map(queueLength).sort((a, b) => a - b);
  const limit = inFlight[Math.max(0, Math.ceil(quantile * inFlight.length) - 1)]!;
  const pool = sampleOf(candidates, values?.["pool"] ?? parameters.pool.default, rng);
  const cold = pool.filter((candidate) => queueLength(candidate) <= limit);
  if (cold.length === 0) return leastOf(pool, queueLength, rng);
  return leastOf(cold, expectedMs, rng);
};

/** One that has not answered yet is tried at once, with a request at a time. */
function expectedMs(candidate: DispatchCandidate): number {
  const { latencyNowMs, inFlight } = candidate;
  return latencyNowMs ?? (inFlight === 0 ? 0 : Infinity);
}
