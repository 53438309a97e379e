/** A decision made on a snapshot: live, and again from a record of it. */

import type { LoadedPolicy } from "../loaded_policy.ts";
import { checkedDecision } from "./check.ts";
import type { ControlSnapshot, Decision, Json } from "./policy.ts";

/** What a policy decided, and what it wants to be told with the next frame. */
export interface Made {
  /** Checked: it can be carried out. */
  readonly decision: Decision;
  /** Absent: it keeps the one that it had. */
  readonly state?: Json;
}

/** The one way to a decision. @throws what the policy throws, or why its decision cannot be carried out. */
export async function decideOn(
  policy: Pick<LoadedPolicy<ControlSnapshot>, "ask">,
  snapshot: ControlSnapshot,
  seed: number,
): Promise<Made> {
  const answer = await policy.ask(snapshot, seed);
  const decision = checkedDecision(answer, snapshot);
  const { state } = answer as { state?: Json };
  return state === undefined ? { decision } : { decision, state };
}
