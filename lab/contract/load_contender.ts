/** Loads a policy to hold it against the contract. */

import type { Clock } from "../../core/clock.ts";
import type { PolicyHost } from "../../policies/apart/load.ts";
import { parameterValues } from "../../policies/parameters.ts";
import { CONTROL_POLICIES, loadControlPolicy } from "../../policies/registry.ts";
import type { Contender } from "./contender.ts";

/**
 * The policy by its registered name, or the path of its module, with its parameters as they are by
 * default; whoever loads it closes it.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is not usable; `cancelled` when the host's signal
 * aborts.
 */
export async function loadContender(nameOrPath: string, host: PolicyHost): Promise<Contender> {
  const tookMs: number[] = [];
  const isApart = !Object.hasOwn(CONTROL_POLICIES, nameOrPath);
  const loaded = await loadControlPolicy(nameOrPath, { ...host, took: (ms) => tookMs.push(ms) });
  const policy = isApart ? loaded : timed(loaded, host.clock, tookMs);
  return {
    ...{ policy, isApart },
    parameters: parameterValues(policy.parameters, {}).values,
    loadAgain: () => loadControlPolicy(nameOrPath, host),
    tookMs: () => tookMs,
  };
}

/** One that answers where the program runs, and notes how long that takes. */
function timed(
  policy: Contender["policy"],
  clock: Clock,
  tookMs: number[],
): Contender["policy"] {
  return {
    ...policy,
    ask: (snapshot, seed) => {
      const beganAtMs = clock.nowMs();
      const answer = policy.ask(snapshot, seed);
      tookMs.push(clock.nowMs() - beganAtMs);
      return answer;
    },
  };
}
