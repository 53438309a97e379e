/** Policies that decide the same for every frame: one for each operating point that there is. */

import type { Decision } from "../../policies/offload/policy.ts";
import { type OperatingPoint, pointName } from "../profile/profile.ts";
import type { Recording } from "../simulation/recording.ts";
import type { Contestant, Setting } from "../simulation/simulate.ts";

/** A policy that knows one answer. */
export interface StaticPolicy extends Pick<Contestant, "policy"> {
  /** What it always decides for. */
  readonly point: OperatingPoint;
}

/** All of them: whole frames here, and every height and quality in the cloud, with each model there. */
export function staticPolicies(
  { profile: { head } }: Recording,
  { edge, cloud }: Pick<Setting, "edge" | "cloud">,
): readonly StaticPolicy[] {
  return head.points.filter(({ model, encoding }) =>
    (encoding ? cloud : edge).models.includes(model)
  ).map((point) => {
    const decision = decisionFor(point);
    return { point, policy: { name: pointName(point), needs: [], ask: () => decision } };
  });
}

/** How a frame is brought to an operating point. */
export function decisionFor({ model, encoding }: OperatingPoint): Decision {
  const reason = "always the same";
  return encoding
    ? { place: "cloud", model, ...encoding, reason }
    : { place: "local", model, reason };
}
