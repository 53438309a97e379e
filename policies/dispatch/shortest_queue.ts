/** The server with the fewest requests waiting or running (join the shortest queue; Winston, 1977). */

import { leastOf } from "./least.ts";
import type { DispatchCandidate, DispatchPolicy } from "./policy.ts";

/** Ties go to any of the tied servers. */
export const shortestQueue: DispatchPolicy = ({ candidates }, rng): string =>
  leastOf(candidates, queueLength, rng);

/**
 * Requests that the server has to work off before one more: ours, known exactly, and those of
 * others, known as of its last report.
 *
 * A report counts everybody's requests, ours among them, and ages: added to `inFlight` as it stands
 * it would count ours twice, and would go on counting those that were answered since. So what was
 * ours at the time of the report is taken off it first. Where that is not known, `inFlight` of now
 * stands in for it, which makes the sum `max(inFlight, queueLength + running)`. What a server does not
 * tell of is not assumed.
 */
export function queueLength({ inFlight, inFlightAtLoad, load }: DispatchCandidate): number {
  if (!load) return inFlight;
  const { queueLength = 0, running = 0 } = load;
  const ofOthers = queueLength + running - (inFlightAtLoad ?? inFlight);
  return inFlight + Math.max(0, ofOthers);
}
