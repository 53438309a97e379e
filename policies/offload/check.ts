/** Holds what a control policy returns against what it may return. */

import { z } from "zod";
import type { ControlSnapshot, Decision } from "./policy.ts";

const reason = z.string().max(500).default("");
const Shape = z.discriminatedUnion("place", [
  z.object({ place: z.literal("local"), model: z.string(), reason }),
  z.object({
    place: z.literal("cloud"),
    model: z.string(),
    height: z.number().int().min(16).max(8192),
    quality: z.number().int().min(1).max(100),
    reason,
  }),
  z.object({ place: z.literal("filter"), reason }),
]);

/**
 * The decision if it can be carried out.
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

function show(value: unknown): string {
  return Deno.inspect(value, { compact: true, breakLength: Infinity }).slice(0, 200);
}
