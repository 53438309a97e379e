/** Reasons that say more than a policy itself did. */

import type { Answer } from "../offload/policy.ts";

/** Characters of a reason. */
const REASON_MAX = 500;

/** An answer that also says what another policy, or the combination, has to do with it. */
export function withReason<A extends Omit<Answer, "propensity">>(answer: A, more: string): A {
  const reason = answer.reason === "" ? more : `${answer.reason}; ${more}`;
  return { ...answer, reason: reason.slice(0, REASON_MAX) };
}
