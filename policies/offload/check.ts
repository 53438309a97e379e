/** Holds what a control policy returns against what it may return. */

import { z } from "zod";
import { show } from "../show.ts";
import type { ControlSnapshot, Decision, Json, Shadow } from "./policy.ts";
import { checkedState } from "./state.ts";

const reason = z.string().max(500).default("");
const sending = {
  model: z.string(),
  height: z.number().int().min(16).max(8192),
  quality: z.number().int().min(1).max(100),
  waitMs: z.number().positive().exactOptional(),
};
const second = z.object({ below: z.number().positive().max(1), ...sending });
const Shape = z.discriminatedUnion("place", [
  z.object({
    place: z.literal("local"),
    model: z.string(),
    second: second.exactOptional(),
    reason,
  }),
  z.object({
    place: z.literal("cloud"),
    ...sending,
    hedgeMs: z.number().nonnegative().exactOptional(),
    onFailure: z.enum(["local", "drop"]).exactOptional(),
    reason,
  }),
  z.object({ place: z.literal("filter"), reason }),
]);

/** What a policy answered, in its parts. */
export interface CheckedAnswer {
  /** What is done with the frame. */
  readonly decision: Decision;
  /** What the policy is to be told with the next frame; absent where it said nothing of it. */
  readonly state?: Json;
  /** The probability of this very decision, above 0, at most 1; absent where it said nothing of it. */
  readonly propensity?: number;
  /** What another policy would have done. */
  readonly shadow?: Shadow;
}

/**
 * The decision if it can be carried out, a copy of the state if it is plain data, and the propensity if
 * it is a probability.
 *
 * @throws {Error} saying what was returned and what is wanted.
 */
export function checkedAnswer(returned: unknown, snapshot: ControlSnapshot): CheckedAnswer {
  const decision = checkedDecision(returned, snapshot);
  const { state, propensity, shadow } = returned as {
    readonly [K in "state" | "propensity" | "shadow"]?: unknown;
  };
  return {
    decision,
    ...(state === undefined ? {} : { state: checkedState(state) }),
    ...(propensity === undefined ? {} : { propensity: checkedPropensity(propensity) }),
    ...(shadow === undefined ? {} : { shadow: checkedShadow(shadow) }),
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
  checkIsOffered(decision.place, decision.model, snapshot);
  if (decision.place === "local" && decision.second) {
    checkIsOffered("cloud", decision.second.model, snapshot);
  }
  return decision;
}

function checkIsOffered(place: "local" | "cloud", model: string, snapshot: ControlSnapshot): void {
  const models = snapshot[place].models.map(({ name }) => name);
  if (models.includes(model)) return;
  throw new Error(
    `its decision names the model "${model}", which is not offered there ` +
      `(${place}: ${models.join(", ") || "none"})`,
  );
}

const ShadowShape = z.union([
  z.strictObject({
    place: z.enum(["local", "cloud", "filter"]),
    model: z.string().exactOptional(),
    height: z.number().exactOptional(),
    quality: z.number().exactOptional(),
    reason,
    agrees: z.boolean(),
  }),
  z.strictObject({ failed: z.string() }),
]);

/** It is recorded, and no more. @throws {Error} when it cannot be. */
function checkedShadow(shadow: unknown): Shadow {
  const parsed = ShadowShape.safeParse(shadow);
  if (parsed.success) return parsed.data;
  throw new Error(
    `its shadow is ${show(shadow)}, {place, model, height, quality, reason, agrees} or ` +
      "{failed} is wanted",
  );
}
