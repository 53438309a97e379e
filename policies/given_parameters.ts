/** The values of a loaded policy's own parameters, or all that is wrong with what users gave. */

import { closest } from "../core/closest.ts";
import { SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { LoadedPolicy, PolicyPart } from "./loaded_policy.ts";
import { type GivenParameters, type ParameterValues, parameterValues } from "./parameters.ts";

const log = logger("policies");

/**
 * The values that a policy is asked with; of one that others are combined in, by `NAME.PARAMETER`.
 *
 * @param given by the name of the policy that they are meant for.
 * @throws {SmarteyeError} `invalid_argument` with all that is wrong.
 */
export function givenParameters(
  policy: Pick<LoadedPolicy<never>, "name" | "parameters" | "parts">,
  given: Readonly<Record<string, GivenParameters>>,
): ParameterValues {
  if (!policy.parts) return valuesOf(policy, given);
  const parts = new Map(policy.parts.map((part) => [part.name, part]));
  const values = [...parts.values()].flatMap((part) =>
    Object.entries(valuesOf(part, given)).map(([key, value]) => [`${part.name}.${key}`, value])
  );
  return Object.fromEntries(values);
}

function valuesOf(
  { name, parameters }: PolicyPart,
  given: Readonly<Record<string, GivenParameters>>,
): ParameterValues {
  const isGiven = Object.hasOwn(given, name);
  const likely = isGiven ? undefined : closest(name, Object.keys(given));
  if (likely !== undefined) {
    const [section, meant] = [`[policy:${likely}]`, `[policy:${name}]`];
    log.warn("the section {section} is of no policy in use (did you mean {meant}?)", {
      section,
      meant,
    });
  }
  const mine = isGiven ? given[name]! : {};
  const { values, problems } = parameterValues(parameters, mine);
  if (problems.length === 0) return values;
  const all = problems.map(({ where, found, wanted }) =>
    `${where}: found ${found}, wanted ${wanted}`
  );
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot take the parameters of the policy "${name}": ${all.join("; ")}`,
  );
}
