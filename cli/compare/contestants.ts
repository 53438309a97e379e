/** Who is compared: each policy with each model. */

import { basename, extname } from "node:path";
import type { Contestant } from "../../lab/live/comparison.ts";
import { isModulePath } from "../../policies/user_module.ts";

/** As many as a plot and a row of pictures can be read with. */
export const CONTESTANTS_MAX = 8;

/** Characters of a name. */
const NAME_MAX = 64;

/**
 * The contestants, each with a name that no other has and that a directory may have: the policy's, the
 * model's where policies do not differ, or both with a `+` between.
 */
export function contestantsOf(
  policies: readonly string[],
  models: readonly string[],
): readonly Contestant[] {
  const [each, every] = [[...new Set(policies)], [...new Set(models)]];
  const chosen: readonly (string | null)[] = every.length === 0 ? [null] : every;
  const pairs = each.flatMap((policy) => chosen.map((model) => ({ policy, model })));
  const taken = new Set<string>();
  return pairs.map(({ policy, model }) => {
    const parts = model === null
      ? [shortName(policy)]
      : each.length === 1
      ? [model]
      : [shortName(policy), model];
    return { name: freeName(parts.join("+"), taken), policy, model };
  });
}

function shortName(policy: string): string {
  return isModulePath(policy) ? basename(policy, extname(policy)) : policy;
}

/** Directories may be told apart without regard to case. */
function freeName(name: string, taken: Set<string>): string {
  const safe = name.replace(/[^\w.@+-]+/g, "-").replace(/^\.+/, "").slice(0, NAME_MAX) || "policy";
  let free = safe;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${safe}_${n}`;
  taken.add(free.toLowerCase());
  return free;
}
