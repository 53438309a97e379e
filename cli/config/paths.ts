/** What settings name on this machine: files, directories, modules of policies. */

import { resolve as absolute } from "node:path";
import { CONTROL_POLICIES, DISPATCH_POLICIES } from "../../policies/registry.ts";
import {
  ExpressionProblem,
  isExpression,
  parsePolicy,
  policiesIn,
} from "../../policies/expression.ts";
import { isModulePath } from "../../policies/user_module.ts";
import type { Configured } from "./configure.ts";
import { oneOf, quote } from "./problems.ts";
import type { Surroundings } from "./surroundings.ts";

/** Adds a problem for each that is no control policy of those that are named; by default, as the one that is set. */
export function checkControlPolicy(
  configured: Configured,
  around: Surroundings,
  { policy, where } = {
    policy: configured.settings["edge-setting"].control_policy,
    where: configured.origin(["edge-setting", "control_policy"]),
  },
): void {
  if (isExpression(policy)) {
    try {
      parsePolicy(policy);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      const { found, wanted } = error;
      return configured.problems.add({ where, found, wanted });
    }
  }
  for (const one of policiesIn(policy)) {
    checkPolicy(configured, around, where, one, Object.keys(CONTROL_POLICIES));
  }
}

/** Adds a problem where there is no such dispatch policy. */
export function checkDispatchPolicy(configured: Configured, around: Surroundings): void {
  const policy = configured.settings.forwarder.dispatch_policy;
  const where = configured.origin(["forwarder", "dispatch_policy"]);
  checkPolicy(configured, around, where, policy, Object.keys(DISPATCH_POLICIES));
}

/** A policy is registered by its name, or its module is there. Whether that can be used the role sees. */
function checkPolicy(
  { problems }: Configured,
  around: Surroundings,
  where: string,
  policy: string,
  registered: readonly string[],
): void {
  if (registered.includes(policy)) return;
  const isPath = isModulePath(policy);
  if (isPath && statOf(around, policy)?.isFile) return;
  problems.add({
    where,
    found: isPath ? `no file ${quote(policy)}` : `the unknown policy ${quote(policy)}`,
    wanted: isPath
      ? "the name of a policy or the path of a module that exists"
      : `${oneOf(policy, registered)} or the path of a module with one`,
  });
}

/**
 * Adds a problem where a file is in the place of a directory. A directory may be missing, since it
 * is made when needed.
 */
export function checkIsNoFile(
  { problems }: Configured,
  around: Surroundings,
  where: string,
  path: string,
): void {
  const stat = statOf(around, path);
  if (!stat || stat.isDirectory) return;
  problems.add({ where, found: `the file ${quote(path)}`, wanted: "a directory" });
}

/** Adds a problem where there is no such file. */
export function checkIsFile(
  { problems }: Configured,
  around: Surroundings,
  where: string,
  path: string,
): void {
  if (statOf(around, path)?.isFile) return;
  problems.add({ where, found: `no file ${quote(path)}`, wanted: "a file that exists" });
}

/** What is at a path; `undefined` where there is nothing, or nothing that may be seen. */
export function statOf(around: Surroundings, path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(absolute(around.directory, path));
  } catch {
    return undefined; // either way it is not what was meant
  }
}
