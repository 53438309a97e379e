/** Servers as a dispatch policy sees them. */

import type { ServerLoad } from "../../core/model.ts";
import type { DispatchCandidate, DispatchSnapshot } from "../../policies/dispatch/policy.ts";
import type { ParameterValues } from "../../policies/parameters.ts";

/** A load with nothing to do, but for what is said otherwise. */
export const load = (said: Partial<ServerLoad> = {}): ServerLoad => ({
  cpuUtilization: 0,
  memoryUtilization: 0,
  queueLength: 0,
  running: 0,
  workers: 1,
  ...said,
});

/** A server that has nothing of ours, but for what is said otherwise. */
export const candidate = (
  name: string,
  seen: Partial<DispatchCandidate> = {},
): DispatchCandidate => (
  { name, inFlight: 0, load: load(), latencyMs: undefined, ...seen }
);

/** What a policy is asked with. */
export const among = (
  candidates: DispatchCandidate[],
  sequence = 0,
  parameters: ParameterValues = {},
): DispatchSnapshot => ({ sequence, model: "m", candidates, parameters });
