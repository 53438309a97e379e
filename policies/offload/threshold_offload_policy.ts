/** On the edge while it keeps up, in the cloud when it does not. The default. */

import { alwaysCloudLowestDelay } from "./always_cloud_lowest_delay.ts";
import { alwaysLocalFastestModel } from "./always_local_fastest_model.ts";
import type { ControlPolicy, Decision } from "./policy.ts";

/**
 * Fewer than `pendingThreshold` local tasks pending: on the edge with the fastest model; otherwise
 * downsized and sent to the cloud with the most accurate model.
 */
export const thresholdOffloadPolicy: ControlPolicy = (snapshot, rng): Decision => {
  const { local: { pending }, settings: { pendingThreshold } } = snapshot;
  const [policy, relation] = pending < pendingThreshold
    ? [alwaysLocalFastestModel, "<"]
    : [alwaysCloudLowestDelay, "≥"];
  return {
    ...policy(snapshot, rng),
    reason: `${pending} local pending ${relation} ${pendingThreshold}`,
  };
};
