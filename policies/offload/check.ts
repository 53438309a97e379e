/** Holds what a control policy returns against what it may return. */

import { z } from "zod";
import { show } from "../show.ts";
import type { ControlSnapshot, Decision, Json } from "./policy.ts";
import { checkedState } from "./state.ts";

const reason = z.string().max(500).default("");
const Shape = z.discriminatedUnion("place", [
  z.object({ place: z.literal("local"), model: z.string(), reason }),
  z.object({
    place: z.literal("cloud"),
    model: z.string(),
    height: z.number().int().min(16).max(8192),
    quality: z.number().int().min(1).max(100),
    waitMs: z.number().positive().exactOptional(),
    hedgeMs: z.number().nonnegative().exactOptional(),
    onFailure: z.enum(["local", "drop"]).exactOptional(),
    reason,
  }),
  z.object({ place: z.literal("filter"), reason }),
]);

/** What a policy answered, in its two parts. */
export interface CheckedAnswer {
  /** What is done with the frame. */
  readonly decision: Decision;
  /** What the policy is to be told with the next frame; absent where it said nothing of it. */
  readonly state?: Json;
  /** The probability of this very decision, above 0, at most 1; absent where it said nothing of it. */
  readonly propensity?: number;
}

/**
 * The decision if it can be carried out, a copy of the state if it is plain data, and the propensity if
 * it is a probability.
 *
 * @throws {Error} saying what was returned and what is wanted.
 */
export function checkedAnswer(returned: unknown, snapshot: ControlSnapshot): CheckedAnswer {
  const decision = checkedDecision(returned, snapshot);
  const { state, propensity } = returned as { readonly [K in "state" | "propensity"]?: unknown };
  return {
    decision,
    ...(state === undefined ? {} : { state: checkedState(state) }),
    ...(propensity === undefined ? {} : { propensity: checkedPropensity(propensity) }),
  };
}

/** What was decided cannot have been impossible. @throws {Error} when it is no such probability. */
function checkedPropensity(propensity: unknown): number {
  if (typeof propensity === "number" && propensity > 0 && propensity <= 1) return propensity;
  throw new Error(
    `its propensity is ${show(propensity)}, a number above 0 and at most 1 is wanted`,
  );
}

/**
 * The decision if it can be carried out; its state is not looked at.
 *
 * @throws {Error} saying what was returned and what is wanted.
 */
export function checkedDecision(returned: unknown, snapshot: ControlSnapshot): Decision {
  // A promise is refused below; that it may be rejected must not end the program before that is said.
  if (returned instanceof Promise) returned.catch(() => {});
  const parsed = Shape.safeParse(returned);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.length > 0 ? `"${issue.path.join(".")}" of ` : "";
    throw new Error(
      `${where}its decision ${show(returned)} is not usable: ${issue.message}; ` +
        `{place: "local" | "cloud" | "filter", model, height, quality, reason} is wanted`,
    );
  }
  const decision = parsed.data;
  if (decision.place === "filter") return decision;
  const models = snapshot[decision.place].models.map((model) => model.name);
  if (!models.includes(decision.model)) {
    throw new Error(
      `its decision names the model "${decision.model}", which is not offered there ` +
        `(${decision.place}: ${models.join(", ") || "none"})`,
    );
  }
  return decision;
}
