/** Holds what a user's module says of its policy against what may be said. */

import { isWithin } from "../../core/number.ts";
import { type Need, NEEDS } from "../loaded_policy.ts";
import type { Parameter, Parameters } from "../parameters.ts";
import { show } from "../show.ts";
import { Unusable } from "../user_module.ts";
import type { Declared } from "./messages.ts";

/** Parameters that a policy may have. */
const PARAMETERS_MAX = 100;

/** Characters of a line that tells what something is for. */
const LINE_MAX = 200;

/** What a parameter is called, as in a config file. */
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

const FIELDS = ["about", "unit", "default", "min", "max", "isWhole"];

/** What a policy says of itself, checked. */
export interface Told {
  /** As records name it. */
  readonly name: string;
  /** What it does, in one line; empty where it does not say. */
  readonly about: string;
  /** Its own parameters. */
  readonly parameters: Parameters;
  /** What it needs to know. */
  readonly needs: readonly Need[];
}

/** Takes over what a module says of its policy. @throws {Unusable} with what is wrong with it. */
export function checkedDeclared({ name, about, parameters, needs }: Declared): Told {
  return {
    name,
    about: about === undefined ? "" : line("about", about),
    parameters: parameters === undefined ? {} : parametersOf(parameters),
    needs: needs === undefined ? [] : needsOf(needs),
  };
}

function parametersOf(exported: unknown): Parameters {
  const wanted = "an object of parameters by name is wanted";
  const entries = Object.entries(record(`"parameters"`, exported, wanted));
  if (entries.length > PARAMETERS_MAX) {
    throw new Unusable(
      `it exports ${entries.length} parameters, at most ${PARAMETERS_MAX} are wanted`,
    );
  }
  return Object.fromEntries(entries.map(([name, given]) => [name, parameterOf(name, given)]));
}

function parameterOf(name: string, given: unknown): Parameter {
  if (!NAME.test(name)) {
    throw new Unusable(
      `it exports the parameter ${show(name)}, a name of at most 64 lower case letters, digits ` +
        `and "_" that begins with a letter is wanted`,
    );
  }
  const what = `its parameter "${name}"`;
  const fields = record(what, given, "{about, unit, default, min, max} is wanted");
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new Unusable(`${what} has ${show(unknown)}, none but ${FIELDS.join(", ")} is wanted`);
  }
  const { isWhole } = fields;
  if (isWhole !== undefined && isWhole !== true) {
    throw new Unusable(`"isWhole" of ${what} is ${show(isWhole)}, true or nothing is wanted`);
  }
  const parameter: Parameter = {
    about: line(`"about" of ${what}`, fields["about"]),
    unit: fields["unit"] === undefined ? "" : line(`"unit" of ${what}`, fields["unit"]),
    default: finite(`"default" of ${what}`, fields["default"]),
    min: finite(`"min" of ${what}`, fields["min"]),
    max: finite(`"max" of ${what}`, fields["max"]),
    ...(isWhole && { isWhole }),
  };
  const { min, max } = parameter;
  if (min > max) {
    throw new Unusable(`"min" of ${what} is ${min}, at most its "max" ${max} is wanted`);
  }
  if (!isWithin(parameter.default, parameter)) {
    const kind = isWhole ? "a whole number" : "a number";
    throw new Unusable(
      `"default" of ${what} is ${parameter.default}, ${kind} from ${min} to ${max} is wanted`,
    );
  }
  return parameter;
}

function needsOf(exported: unknown): readonly Need[] {
  const wanted = `an array with any of ${NEEDS.map((need) => `"${need}"`).join(", ")} is wanted`;
  if (!Array.isArray(exported)) {
    throw new Unusable(`it exports ${show(exported)} as "needs", ${wanted}`);
  }
  const unknown = exported.findIndex((need) => !NEEDS.includes(need));
  if (unknown >= 0) throw new Unusable(`it needs ${show(exported[unknown])}, ${wanted}`);
  return [...new Set<Need>(exported)];
}

function record(what: string, value: unknown, wanted: string): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype; // neither a list nor a Map
  if (isRecord) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Unusable(`${what} is ${show(value)}, ${wanted}`);
}

function line(what: string, value: unknown): string {
  const isLine = typeof value === "string" && value.length <= LINE_MAX &&
    !/\p{Cc}/u.test(value);
  if (isLine) return value;
  const name = what === "about" ? `"about"` : what;
  throw new Unusable(
    `${name} is ${show(value)}, one line of at most ${LINE_MAX} characters is wanted`,
  );
}

function finite(what: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Unusable(`${what} is ${show(value)}, a number is wanted`);
}
