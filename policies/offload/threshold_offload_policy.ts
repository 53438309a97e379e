/** On the edge while it keeps up, in the cloud when it does not. The default. */

import type { Parameters } from "../parameters.ts";
import { alwaysCloudLowestDelay } from "./always_cloud_lowest_delay.ts";
import { alwaysLocalFastestModel } from "./always_local_fastest_model.ts";
import type { ControlPolicy, Decision } from "./policy.ts";
import { unratedNote } from "./rank.ts";

/** Its own parameters. */
export const parameters = {
  pending_threshold: {
    about: "local tasks pending from which on frames are offloaded; 0 = all are",
    unit: "frames",
    default: 2,
    min: 0,
    max: 10_000,
    isWhole: true,
  },
} as const satisfies Parameters;

/**
 * Fewer than `pending_threshold` local tasks pending: on the edge with the fastest model; otherwise
 * downsized and sent to the cloud with the most accurate model.
 */
export const thresholdOffloadPolicy: ControlPolicy = (snapshot, rng): Decision => {
  const { pending } = snapshot.local;
  const threshold = snapshot.parameters["pending_threshold"] ??
    parameters.pending_threshold.default;
  const [policy, relation, note] = pending < threshold
    ? [alwaysLocalFastestModel, "<", ""]
    : [alwaysCloudLowestDelay, "≥", unratedNote(snapshot.cloud.models)];
  const reason = `${pending} local pending ${relation} ${threshold}${note}`;
  return { ...policy(snapshot, rng), reason };
};
