/** Every policy with its parameters, and those of a user's modules, for people or for a program. */

import { resolve } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import type { PolicyHost } from "../../policies/apart/load.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import { isExpression } from "../../policies/expression.ts";
import type { LoadedPolicy, PolicyPart } from "../../policies/loaded_policy.ts";
import {
  type GivenParameters,
  type Parameters,
  type ParameterValues,
  parameterValues,
} from "../../policies/parameters.ts";
import {
  CONTROL_POLICIES,
  DISPATCH_POLICIES,
  loadControlPolicy,
  loadDispatchPolicy,
  type RegisteredPolicy,
} from "../../policies/registry.ts";
import { isModulePath } from "../../policies/user_module.ts";
import { HOW_TO_SET, policyLines, type ShownPolicy, type ShownValue, widthOf } from "./text.ts";

/** What kind of policy: of an edge, or of a forwarder. */
export type PolicyKind = "control" | "dispatch";

/** The policy that a role would use, and who says so. */
export interface PolicyInUse {
  /** A registered name, or the path of a module. */
  readonly nameOrPath: string;
  /** `config/config.ini:12`, an environment variable or `default`. */
  readonly from: string;
}

/** Options of `smarteye policies list`. */
export interface ListOptions {
  /** Paths of modules, and expressions, that are shown too. */
  readonly modules: readonly string[];
  /** What kind of policy those hold. */
  readonly modulesAre: PolicyKind;
  /** The policies that the roles would use. */
  readonly inUse: Readonly<Record<PolicyKind, PolicyInUse>>;
  /** Milliseconds that a module's policy may take to decide. */
  readonly decisionMs: number;
  /** What was given of policies' own parameters, by the policy's name. */
  readonly policyParameters: Readonly<Record<string, GivenParameters>>;
  /** Print one object, not text. */
  readonly json: boolean;
}

/** What is asked of a policy that is loaded. */
export type ModulePolicy = Pick<
  LoadedPolicy<never>,
  "name" | "about" | "parameters" | "parts" | "close"
>;

/** Loads a module's policy and tries it, as a role does. */
export type LoadPolicy = (path: string, host: PolicyHost) => Promise<ModulePolicy>;

const LOADERS: Readonly<Record<PolicyKind, LoadPolicy>> = {
  control: loadControlPolicy,
  dispatch: loadDispatchPolicy,
};

/** A policy, as `--json` tells of it. */
export interface ListedPolicy {
  /** As records name it, and the sections of a config. */
  readonly name: string;
  /** The path of its module, or the expression that it is; `null` where it comes with the program. */
  readonly module: string | null;
  /** What it does; `null` where its module does not say. */
  readonly about: string | null;
  /** Its own parameters. */
  readonly parameters: readonly ListedParameter[];
}

/** A parameter, as `--json` tells of it. */
export interface ListedParameter extends ShownValue {
  /** Its key in the config. */
  readonly name: string;
  /** What it is for. */
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
  readonly whole: boolean;
}

const HEADINGS: Readonly<Record<PolicyKind, string>> = {
  control: "Control policies: what is done with a frame (smarteye edge --policy NAME)",
  dispatch: "Dispatch policies: which server takes a request (smarteye forward --policy NAME)",
};

/**
 * Lists the policies.
 *
 * @throws {SmarteyeError} `invalid_argument` at the end, with the reason for each module that
 * cannot be used.
 */
export async function run(
  options: ListOptions,
  { clock, drain, print }: Pick<RoleDeps, "clock" | "drain" | "print">,
  loaders = LOADERS,
): Promise<ExitStatus> {
  const { modules, modulesAre, decisionMs: budgetMs, json } = options;
  const policies: Record<PolicyKind, ListedPolicy[]> = {
    control: registeredIn(CONTROL_POLICIES, options),
    dispatch: registeredIn(DISPATCH_POLICIES, options),
  };
  const unusable: { module: string; reason: string }[] = [];
  let loaded = 0;
  for (const module of modules) {
    try {
      const policy = await loaders[modulesAre](module, { clock, budgetMs, signal: drain });
      policy.close();
      loaded++;
      policies[modulesAre].push(listedModule(module, policy, options));
    } catch (error) {
      if (!(error instanceof SmarteyeError)) throw error;
      unusable.push({ module, reason: messageOf(error) });
    }
  }
  print(json ? jsonOf(policies, unusable, options) : textOf(policies, options));
  if (unusable.length === 0) return 0;
  throw new SmarteyeError(
    "invalid_argument",
    refusal(
      unusable.map(({ reason }) => reason),
      modulesAre === "control" && loaded < modules.length,
    ),
  );
}

function registeredIn(
  registered: Readonly<Record<string, RegisteredPolicy<unknown>>>,
  { policyParameters }: ListOptions,
): ListedPolicy[] {
  return Object.entries(registered).map(([name, { about, parameters = {} }]) => ({
    ...{ name, about, module: null },
    // The config has been read, so that nothing is wrong with these.
    parameters: listed(
      parameters,
      parameterValues(parameters, policyParameters[name] ?? {}).values,
      policyParameters[name],
    ),
  }));
}

/** @throws {SmarteyeError} `invalid_argument` when what the config gives for it is wrong. */
function listedModule(
  module: string,
  policy: ModulePolicy,
  { policyParameters }: ListOptions,
): ListedPolicy {
  const { name, about, parameters } = policy;
  const values = givenParameters(policy, policyParameters);
  const given = policy.parts
    ? givenToParts(policy.parts, policyParameters)
    : Object.hasOwn(policyParameters, name)
    ? policyParameters[name]
    : undefined;
  return { name, module, about: about || null, parameters: listed(parameters, values, given) };
}

/** What is given to those that are combined, by `NAME.PARAMETER`. */
function givenToParts(
  parts: readonly PolicyPart[],
  policyParameters: ListOptions["policyParameters"],
): GivenParameters {
  return Object.fromEntries(parts.flatMap(({ name }) => {
    const given = Object.hasOwn(policyParameters, name) ? policyParameters[name]! : {};
    return Object.entries(given).map(([key, value]) => [`${name}.${key}`, value]);
  }));
}

function listed(
  parameters: Parameters,
  values: ParameterValues,
  given: GivenParameters = {},
): readonly ListedParameter[] {
  return Object.entries(parameters).map(([name, { isWhole, ...parameter }]) => ({
    ...{ name, ...parameter, whole: isWhole === true },
    value: values[name]!,
    from: given[name]?.where ?? "default",
  }));
}

function jsonOf(
  policies: Readonly<Record<PolicyKind, readonly ListedPolicy[]>>,
  unusable: readonly { readonly module: string; readonly reason: string }[],
  { inUse }: ListOptions,
): string {
  const of = (kind: PolicyKind) => ({
    in_use: inUse[kind].nameOrPath,
    from: inUse[kind].from,
    policies: policies[kind],
  });
  return JSON.stringify({ control: of("control"), dispatch: of("dispatch"), unusable });
}

function textOf(
  policies: Readonly<Record<PolicyKind, readonly ListedPolicy[]>>,
  { inUse }: ListOptions,
): string {
  const shown = (kind: PolicyKind) => {
    const all = policies[kind].map((policy) => shownPolicy(policy, inUse[kind]));
    return all.some(({ remark }) => remark !== undefined) ? all : [...all, otherInUse(inUse[kind])];
  };
  const [control, dispatch] = [shown("control"), shown("dispatch")];
  const width = widthOf([...control, ...dispatch]);
  return [
    HEADINGS.control,
    ...policyLines(control, width),
    "",
    HEADINGS.dispatch,
    ...policyLines(dispatch, width),
    "",
    ...HOW_TO_SET,
  ].join("\n");
}

function shownPolicy(
  { name, about, module, parameters }: ListedPolicy,
  inUse: PolicyInUse,
): ShownPolicy {
  const isInUse = module === null
    ? name === inUse.nameOrPath
    : module === inUse.nameOrPath || resolve(module) === resolve(inUse.nameOrPath);
  return {
    name,
    about: [about, module === null || isExpression(module) ? null : `from ${module}`]
      .filter(Boolean).join("; "),
    remark: isInUse ? `in use: ${inUse.from}` : undefined,
    parameters: Object.fromEntries(
      parameters.map(({ name, whole, ...parameter }) => [
        name,
        { ...parameter, ...(whole ? { isWhole: true } : {}) },
      ]),
    ),
    values: Object.fromEntries(parameters.map(({ name, value, from }) => [name, { value, from }])),
  };
}

/** Of what is in use and is not listed, only that is known: a module that was not named here. */
function otherInUse({ nameOrPath, from }: PolicyInUse): ShownPolicy {
  const about = isExpression(nameOrPath)
    ? "policies that are combined"
    : isModulePath(nameOrPath)
    ? "a policy of your own"
    : "there is none of that name";
  return { name: nameOrPath, about, remark: `in use: ${from}`, parameters: {} };
}

/** @param isKindInDoubt whether a module that could not be loaded may hold the other kind of policy. */
function refusal(reasons: readonly string[], isKindInDoubt: boolean): string {
  const hint = isKindInDoubt
    ? ["(taken for control policies; --dispatch takes them for dispatch policies)"]
    : [];
  if (reasons.length === 1) return [...reasons, ...hint].join("\n");
  return [`Cannot use ${reasons.length} of the modules`, ...reasons].join("\n  ") +
    hint.map((line) => `\n${line}`).join("");
}
