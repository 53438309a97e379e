/** Loads a policy to hold it against the contract. */

import { givenParameters } from "../../policies/given_parameters.ts";
import type { PolicyHost } from "../../policies/apart/load.ts";
import type { GivenParameters } from "../../policies/parameters.ts";
import { loadControlPolicy } from "../../policies/registry.ts";
import { isModulePath } from "../../policies/user_module.ts";
import type { Contender } from "./contender.ts";

/**
 * The policy by its registered name, or the path of its module; whoever loads it closes it.
 *
 * @param given what users give of policies' own parameters, by the policy's name.
 * @throws {SmarteyeError} `invalid_argument` when it is not usable, or a parameter is wrong; `cancelled`
 * when the host's signal aborts.
 */
export async function loadContender(
  nameOrPath: string,
  host: PolicyHost,
  given: Readonly<Record<string, GivenParameters>> = {},
): Promise<Contender> {
  const tookMs: number[] = [];
  const policy = await loadControlPolicy(nameOrPath, { ...host, took: (ms) => tookMs.push(ms) });
  try {
    return {
      policy,
      isApart: isModulePath(nameOrPath),
      parameters: givenParameters(policy, given),
      loadAgain: () => loadControlPolicy(nameOrPath, host),
      tookMs: () => tookMs,
    };
  } catch (error) {
    policy.close();
    throw error;
  }
}
