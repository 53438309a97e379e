/** How a frame is sent to the cloud. */

import type { Decision, SentSize } from "../policies/offload/policy.ts";

/** At which size and quality. */
export type Sending = Pick<SentSize, "height" | "quality">;

/** How a decision sends a frame, at once or after the edge's own result; `undefined` where it does not. */
export function sentAs(decision: Decision): Sending | undefined {
  if (decision.place === "cloud") return decision;
  return decision.place === "local" ? decision.second : undefined;
}
