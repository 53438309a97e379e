/** How a frame is decided about, live as well as from a record: so the one gives what the other gave. */

import type { LoadedPolicy } from "../loaded_policy.ts";
import { type CheckedAnswer, checkedAnswer } from "./check.ts";
import type { ControlSnapshot } from "./policy.ts";

/**
 * Asks a policy, and checks what it answers. The same snapshot and the same seed give the same answer,
 * also when they come out of a record: a snapshot comes through JSON as it is, but for what is
 * `undefined`, which is as good as absent.
 *
 * @param seed of the frame: `seedOf` (`core/rng.ts`) gives it from the run's and the frame's index.
 * @throws {LateDecision} when the policy does not answer in time.
 * @throws {Error} when it throws, or answers what cannot be done.
 */
export async function decideOn(
  policy: Pick<LoadedPolicy<ControlSnapshot>, "ask">,
  snapshot: ControlSnapshot,
  seed: number,
): Promise<CheckedAnswer> {
  return checkedAnswer(await policy.ask(snapshot, seed), snapshot);
}
