/** The values of a loaded policy's own parameters, or all that is wrong with what users gave. */

import { SmarteyeError } from "../core/errors.ts";
import type { LoadedPolicy } from "./loaded_policy.ts";
import { type GivenParameters, type ParameterValues, parameterValues } from "./parameters.ts";

/**
 * The values that a policy is asked with.
 *
 * @param given by the name of the policy that they are meant for.
 * @throws {SmarteyeError} `invalid_argument` with all that is wrong.
 */
export function givenParameters(
  { name, parameters }: Pick<LoadedPolicy<never>, "name" | "parameters">,
  given: Readonly<Record<string, GivenParameters>>,
): ParameterValues {
  const mine = Object.hasOwn(given, name) ? given[name]! : {};
  const { values, problems } = parameterValues(parameters, mine);
  if (problems.length === 0) return values;
  const all = problems.map(({ where, found, wanted }) => `${where}: found ${found}, wanted ${wanted}`);
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot take the parameters of the policy "${name}": ${all.join("; ")}`,
  );
}
