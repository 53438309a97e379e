/** Loads a policy to hold it against the contract. */

import type { Clock } from "../../core/clock.ts";
import type { PolicyHost } from "../../policies/apart/load.ts";
import { isExpression, policiesIn } from "../../policies/expression.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import { CONTROL_POLICIES, loadControlPolicy } from "../../policies/registry.ts";
import type { Contender } from "./contender.ts";

/**
 * The policy by its registered name, the path of its module, or an expression of several, with its
 * parameters as they are by default; whoever loads it closes it.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is not usable; `cancelled` when the host's signal
 * aborts.
 */
export async function loadContender(named: string, host: PolicyHost): Promise<Contender> {
  const tookMs: number[] = [];
  const runs = runsOf(named);
  const loaded = await loadControlPolicy(named, { ...host, took: (ms) => tookMs.push(ms) });
  // One in a Worker says itself how long it took, without the way there and back.
  const isSaid = policiesIn(named).some((one) => !Object.hasOwn(CONTROL_POLICIES, one));
  const policy = isSaid ? loaded : timed(loaded, host.clock, tookMs);
  return {
    ...{ policy, runs },
    parameters: givenParameters(policy, {}),
    loadAgain: () => loadControlPolicy(named, host),
    tookMs: () => tookMs,
  };
}

function runsOf(named: string): Contender["runs"] {
  if (isExpression(named)) return "combined";
  return Object.hasOwn(CONTROL_POLICIES, named) ? "with_the_program" : "apart";
}

/** One that answers where the program runs, and notes how long that takes. */
function timed(
  policy: Contender["policy"],
  clock: Clock,
  tookMs: number[],
): Contender["policy"] {
  return {
    ...policy,
    ask: (snapshot, seed, signal) => {
      const beganAtMs = clock.nowMs();
      const note = () => void tookMs.push(clock.nowMs() - beganAtMs);
      const answer = policy.ask(snapshot, seed, signal);
      if (answer instanceof Promise) return answer.finally(note);
      note();
      return answer;
    },
  };
}
