/**
 * A frame is sent after the edge has inferred it, where that result is doubtful: a cascade, of which the
 * second, better stage is the cloud (Viola and Jones, Rapid Object Detection using a Boosted Cascade of
 * Simple Features, CVPR 2001; Wang et al., IDK Cascades, UAI 2018, for networks of which the first may
 * say that it does not know).
 */

import type { Decision } from "../policies/offload/policy.ts";
import type { Ending } from "./record.ts";
import { meanOf } from "./run_memory.ts";
import type { OwnResult, Sent } from "./tasks.ts";

/**
 * How a frame is sent that ended here so, with its result; `undefined` where the decision wants no second
 * look, there is no result, or it is sure enough. That nothing was found is never sure.
 */
export function secondLookOf(
  decision: Decision,
  own: Ending,
): { readonly sending: Sent; readonly own: OwnResult } | undefined {
  const second = decision.place === "local" ? decision.second : undefined;
  if (!second || own.outcome !== "local") return undefined;
  const { below, ...sending } = second;
  return meanOf(own.findings).meanScore < below ? { sending, own } : undefined;
}
