/** `shadow(live, candidate)`: does what live decides, and tells what candidate would have done. */

import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../core/errors.ts";
import type { LoadedPolicy } from "../loaded_policy.ts";
import type { ControlSnapshot, Decision, Shadow } from "../offload/policy.ts";
import { combined, withoutState } from "./combined.ts";

/**
 * A policy beside which another is asked about every frame. What that decides is never done: it learns
 * from what the live one's decisions came to. Whatever it throws, the live one's decision stands; a frame
 * waits for both.
 */
export function shadow(
  live: LoadedPolicy<ControlSnapshot>,
  candidate: LoadedPolicy<ControlSnapshot>,
): LoadedPolicy<ControlSnapshot> {
  return combined({
    name: `shadow(${live.name}, ${candidate.name})`,
    about: `${live.name}, and what ${candidate.name} would have done is recorded`,
    policies: [live, candidate],
    async decide({ ask }) {
      const asked = ask(1).catch((error: unknown) => ({ failed: messageOf(error).slice(0, 500) }));
      const [{ shadow: _, ...answered }, beside] = await Promise.all([ask(0), asked]);
      const shadow = "failed" in beside ? beside : shadowOf(beside.decision, answered.decision);
      return { answer: { ...withoutState(answered), shadow } };
    },
  });
}

/** What would have been decided, beside what was. */
function shadowOf(decision: Decision, carriedOut: Decision): Shadow {
  const choice = choiceOf(decision);
  const agrees = isDeepStrictEqual(choice, choiceOf(carriedOut));
  return { ...choice, reason: decision.reason, agrees };
}

function choiceOf(
  decision: Decision,
): Omit<Extract<Shadow, { place: unknown }>, "reason" | "agrees"> {
  const { place } = decision;
  if (decision.place === "filter") return { place };
  if (decision.place === "local") return { place, model: decision.model };
  const { model, height, quality } = decision;
  return { place, model, height, quality };
}
