/** Policies and their parameters as lines that people read, in help and in lists. */

import { wantedNumber } from "../../core/number.ts";
import type { Parameter, Parameters } from "../../policies/parameters.ts";
import type { RegisteredPolicy } from "../../policies/registry.ts";

/** A policy as it is shown. */
export interface ShownPolicy {
  /** By what it is named. */
  readonly name: string;
  /** What it does, in one line. */
  readonly about: string;
  /** Its own parameters. */
  readonly parameters: Parameters;
  /** What is said of it behind that: `default`. */
  readonly remark?: string | undefined;
  /** The values that hold, where they are known. */
  readonly values?: Readonly<Record<string, ShownValue>>;
}

/** The value of a parameter, and where it was written. */
export interface ShownValue {
  /** The value that holds. */
  readonly value: number;
  /** `config/config.ini:12`, an environment variable or `default`. */
  readonly from: string;
}

/** How a user sets a parameter. */
export const HOW_TO_SET: readonly string[] = [
  "A policy's parameters are set in the config, in the section [policy:NAME] of its name, or by",
  "SMARTEYE_POLICY_<NAME>_<KEY> in the environment.",
];

/** Two columns, a policy's parameters below it. */
export function policyLines(policies: readonly ShownPolicy[], width: number): readonly string[] {
  const row = (left: string, right: string) => `${left.padEnd(width)}  ${right}`.trimEnd();
  return policies.flatMap((policy) => [
    row(headOf(policy), policy.about + (policy.remark ? ` (${policy.remark})` : "")),
    ...Object.entries(policy.parameters).flatMap(([name, parameter]) => {
      const shown = policy.values?.[name];
      return [
        row(parameterHead(name, shown), parameter.about),
        row("", `(${boundsOf(parameter)}${fromOf(shown)})`),
      ];
    }),
  ]);
}

/** How wide the left column has to be. */
export function widthOf(policies: readonly ShownPolicy[]): number {
  return Math.max(
    ...policies.flatMap((policy) => [
      headOf(policy).length,
      ...Object.keys(policy.parameters)
        .map((name) => parameterHead(name, policy.values?.[name]).length),
    ]),
  );
}

/**
 * The end of a role's help: which policies there are, and how their parameters are set.
 *
 * @param byDefault the name of the one that is used when nobody says otherwise.
 * @param listModule the command that tells of a module's policy.
 * @param more lines on what else may be named.
 */
export function policyHelp(
  registered: Readonly<Record<string, RegisteredPolicy<unknown>>>,
  byDefault: string,
  listModule: string,
  more: readonly string[] = [],
): string {
  const policies: ShownPolicy[] = Object.entries(registered)
    .map(([name, { about, parameters = {} }]) => ({
      ...{ name, about, parameters },
      remark: name === byDefault ? "default" : undefined,
    }));
  const own = "the path of a module: a policy of your own";
  policies.push({ name: "./mine.ts", about: own, parameters: {} });
  return [
    "Policies (--policy):",
    ...policyLines(policies, widthOf(policies)),
    ...more,
    "",
    ...HOW_TO_SET,
    `"${listModule}" tells the parameters of a module.`,
  ].join("\n");
}

function headOf({ name }: ShownPolicy): string {
  return `  ${name}`;
}

function parameterHead(name: string, shown: ShownValue | undefined): string {
  return `    ${name}${shown ? ` = ${shown.value}` : ""}`;
}

function boundsOf(parameter: Parameter): string {
  return `${wantedNumber(parameter, parameter.unit)}; default: ${parameter.default}`;
}

function fromOf(shown: ShownValue | undefined): string {
  return shown && shown.from !== "default" ? `; set by ${shown.from}` : "";
}
