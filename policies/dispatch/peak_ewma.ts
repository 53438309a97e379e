/** The lesser of two by how long answers take and how many are waited for (Finagle's Peak EWMA). */

import type { DispatchCandidate, DispatchPolicy } from "./policy.ts";
import { leastOf } from "./least.ts";
import { chosen } from "./p2c.ts";

/** Cost of a server that has not answered yet, and is at a request: more than any that has. */
const UNPROVEN = 2 ** 40;

/**
 * Power of two choices on the load that Finagle calls Peak EWMA: latency times requests in flight, one
 * more than there are. A server that stalls is passed over after one slow answer, and tried again when
 * that has faded. https://twitter.github.io/finagle/guide/Clients.html#power-of-two-choices-p2c-peak-ewma
 */
export const peakEwma: DispatchPolicy = ({ candidates, parameters }, rng): string =>
  leastOf(chosen(candidates, parameters, rng), cost, rng);

/** One that nothing is known of is tried with a single request, and the next one waits for its answer. */
function cost({ latencyMs, inFlight }: DispatchCandidate): number {
  if (latencyMs !== undefined) return latencyMs * (inFlight + 1);
  return inFlight === 0 ? 0 : UNPROVEN + inFlight;
}
