/** A policy's own parameters: what it declares, and the values that a user gives. */

import { readNumber, wantedNumber } from "../core/number.ts";

/** One parameter of a policy: a number that its users may set. */
export interface Parameter {
  /** What it is for, in one line. */
  readonly about: string;
  /** As in "a number of frames"; empty where it has none. */
  readonly unit: string;
  /** What holds when nobody says otherwise. */
  readonly default: number;
  /** The least value that is taken. */
  readonly min: number;
  /** The greatest value that is taken. */
  readonly max: number;
  /** Whether only whole numbers are taken. */
  readonly isWhole?: true;
}

/** The parameters that a policy declares, by name: lower case words with `_` between. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** The value of each parameter that a policy declares. */
export type ParameterValues = Readonly<Record<string, number>>;

/** A value as a user wrote it. */
export interface GivenValue {
  /** As it stands. */
  readonly text: string;
  /** Where it stands, as a message names it: `config.ini:12`. */
  readonly where: string;
}

/** What users give of one policy's parameters, by name. */
export type GivenParameters = Readonly<Record<string, GivenValue>>;

/** What is wrong with a given value. */
export interface ParameterProblem {
  /** Where it stands. */
  readonly where: string;
  /** What stands there. */
  readonly found: string;
  /** What is wanted there. */
  readonly wanted: string;
}

/**
 * The values of declared parameters, and all that is wrong with what was given. In place of a wrong
 * value stands the default.
 */
export function parameterValues(
  declared: Parameters,
  given: GivenParameters,
): { readonly values: ParameterValues; readonly problems: readonly ParameterProblem[] } {
  const problems: ParameterProblem[] = [];
  const names = Object.keys(declared);
  for (const [name, { where }] of Object.entries(given)) {
    if (Object.hasOwn(declared, name)) continue;
    const wanted = names.length > 0 ? `one of ${names.join(", ")}` : "none, since it declares none";
    problems.push({ where, found: `the unknown parameter ${JSON.stringify(name)}`, wanted });
  }
  const values = Object.entries(declared).map(([name, parameter]) => {
    const written = Object.hasOwn(given, name) ? given[name] : undefined;
    if (!written) return [name, parameter.default] as const;
    const value = readNumber(written.text, parameter);
    if (value !== undefined) return [name, value] as const;
    problems.push({
      where: written.where,
      found: written.text === "" ? "nothing" : JSON.stringify(written.text),
      wanted: wantedNumber(parameter, parameter.unit),
    });
    return [name, parameter.default] as const;
  });
  return { values: Object.fromEntries(values), problems };
}
