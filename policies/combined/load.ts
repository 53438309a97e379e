/** Loads what an expression names, and combines it. */

import type { LoadedPolicy } from "../loaded_policy.ts";
import type { PolicyExpression } from "../expression.ts";
import type { ControlSnapshot } from "../offload/policy.ts";
import { Unusable } from "../user_module.ts";
import { budgeted } from "./budgeted.ts";
import { fallback } from "./fallback.ts";
import { shadow } from "./shadow.ts";

/**
 * The policy that an expression means. A module that stands there twice is loaded twice.
 *
 * @param loadOne loads what is no combination.
 * @throws {Unusable} when two modules hold policies of the same name.
 * @throws what `loadOne` throws; what was loaded before is closed then.
 */
export async function loadCombined(
  expression: PolicyExpression,
  loadOne: (nameOrPath: string) => Promise<LoadedPolicy<ControlSnapshot>>,
): Promise<LoadedPolicy<ControlSnapshot>> {
  const loaded: { readonly nameOrPath: string; readonly policy: LoadedPolicy<ControlSnapshot> }[] =
    [];
  const load = async (one: PolicyExpression): Promise<LoadedPolicy<ControlSnapshot>> => {
    if (one.kind === "one") {
      const policy = await loadOne(one.nameOrPath);
      loaded.push({ policy, nameOrPath: one.nameOrPath });
      return policy;
    }
    const first = await load(one.first);
    if (one.kind === "budgeted") return budgeted(first, one.bytesPerSec);
    const second = await load(one.second);
    return one.kind === "fallback" ? fallback(first, second) : shadow(first, second);
  };
  try {
    const policy = await load(expression);
    checkNames(loaded);
    return policy;
  } catch (error) {
    for (const { policy } of loaded) policy.close();
    throw error;
  }
}

/** Parameters are given by name: it has to be one policy's. */
function checkNames(
  loaded: readonly {
    readonly nameOrPath: string;
    readonly policy: Pick<LoadedPolicy<never>, "name">;
  }[],
): void {
  const known = new Map<string, string>();
  for (const { nameOrPath, policy: { name } } of loaded) {
    const other = known.get(name);
    if (other !== undefined && other !== nameOrPath) {
      throw new Unusable(
        `${JSON.stringify(other)} and ${JSON.stringify(nameOrPath)} are both called ` +
          `${JSON.stringify(name)}, policies of different names are wanted`,
      );
    }
    known.set(name, nameOrPath);
  }
}
