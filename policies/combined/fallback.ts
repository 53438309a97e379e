/** `fallback(a, b)`: what a decides, or b where a does not decide, or for a cloud that is not there. */

import { messageOf } from "../../core/errors.ts";
import type { LoadedPolicy } from "../loaded_policy.ts";
import type { CheckedAnswer } from "../offload/check.ts";
import type { ControlSnapshot } from "../offload/policy.ts";
import { combined, withoutState } from "./combined.ts";
import { withReason } from "./reason.ts";

/**
 * A policy that stands in for another: when that is late, throws, answers what cannot be done, or decides
 * for a cloud that is not available.
 */
export function fallback(
  first: LoadedPolicy<ControlSnapshot>,
  second: LoadedPolicy<ControlSnapshot>,
): LoadedPolicy<ControlSnapshot> {
  return combined({
    name: `fallback(${first.name}, ${second.name})`,
    about: `${first.name}, or ${second.name} where that is late, fails or finds no cloud`,
    policies: [first, second],
    async decide({ snapshot: { cloud: { available } }, ask }) {
      let asked: CheckedAnswer | undefined;
      let why: string;
      try {
        asked = await ask(0);
        why = "the cloud is not available";
      } catch (error) {
        why = messageOf(error);
      }
      const instead = asked && (available || asked.decision.place !== "cloud")
        ? undefined
        : await ask(1);
      const { propensity, ...answer } = withoutState(instead ?? asked!);
      // Whatever else the first could have drawn, the second might have made this very choice of it.
      const isCertain = instead ? asked?.propensity === 1 : available || propensity === 1;
      return {
        answer: {
          ...(instead ? withReason(answer, `${first.name}: ${why}`) : answer),
          ...(isCertain && propensity !== undefined ? { propensity } : {}),
        },
      };
    },
  });
}
