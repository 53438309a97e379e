/**
 * Sections of the form `[kind:NAME]`, which describe several of a kind: the table of the kinds. A
 * new kind is one more entry.
 */

import type { Parameters } from "../../policies/parameters.ts";
import { CONTROL_POLICIES, DISPATCH_POLICIES } from "../../policies/registry.ts";
import { isModulePath, nameOf } from "../../policies/user_module.ts";
import type { Key, NamedKindName, NamedSection } from "./key.ts";
import { number, text } from "./kinds.ts";
import { quote } from "./problems.ts";
import { insteadOfRuleName, RULE_KEYS } from "./rule_keys.ts";
import { insteadOfSinkName, SINK_KEYS } from "./sink_keys.ts";
import { insteadOfName, SOURCE_KEYS } from "./source_keys.ts";
import { insteadOfZoneName, ZONE_KEYS } from "./zone_keys.ts";

/** One kind of such sections. */
export interface NamedKind {
  /** What is wanted as NAME. */
  readonly wanted: string;
  /** Names that there are before anybody writes a section of theirs. */
  readonly names: readonly string[];
  /** The keys under a name; `undefined` where they are known later only, when it is used. */
  readonly keysOf: (name: string) => Readonly<Record<string, Key>> | undefined;
  /** What is wanted instead of a name that cannot be one. */
  readonly insteadOf: (name: string) => string | undefined;
}

/** Whoever uses a key that nobody knows yet checks it. */
export const UNCHECKED_KEY: Key = {
  kind: text(),
  default: "",
  about: "checked by what uses it",
};

const POLICIES: Readonly<Record<string, { readonly parameters?: Parameters }>> = {
  ...CONTROL_POLICIES,
  ...DISPATCH_POLICIES,
};

/** A policy's own parameters. Those of a user's module are known once that is loaded. */
const POLICY: NamedKind = {
  wanted: "the name of a policy",
  names: Object.keys(POLICIES),
  keysOf: (name) =>
    Object.hasOwn(POLICIES, name) ? keysFrom(POLICIES[name]!.parameters ?? {}) : undefined,
  insteadOf: (name) =>
    isModulePath(name)
      ? "the policy's name, which is its function's, else its file's: " +
        quote(`[policy:${nameOf({ name: "" }, name)}]`)
      : undefined,
};

/** One of several sources. */
const SOURCE: NamedKind = {
  wanted: "a name of the source",
  names: [],
  keysOf: () => SOURCE_KEYS,
  insteadOf: (name) => name === "" ? undefined : insteadOfName(name),
};

/** A zone or a line of a scene. */
const ZONE: NamedKind = {
  wanted: "a name of the zone",
  names: [],
  keysOf: () => ZONE_KEYS,
  insteadOf: (name) => name === "" ? undefined : insteadOfZoneName(name),
};

/** Where results go, too. */
const SINK: NamedKind = {
  wanted: "a name of the sink",
  names: [],
  keysOf: () => SINK_KEYS,
  insteadOf: (name) => name === "" ? undefined : insteadOfSinkName(name),
};

/** What people are to be told of. */
const RULE: NamedKind = {
  wanted: "a name of the rule",
  names: [],
  keysOf: () => RULE_KEYS,
  insteadOf: (name) => name === "" ? undefined : insteadOfRuleName(name),
};

const KINDS: Readonly<Record<NamedKindName, NamedKind>> = {
  policy: POLICY,
  source: SOURCE,
  zone: ZONE,
  sink: SINK,
  rule: RULE,
};

/** The kinds there are. */
export const KIND_NAMES = Object.keys(KINDS) as readonly NamedKindName[];

/** Sections that have keys before anybody writes them. */
export const KNOWN_SECTIONS: readonly NamedSection[] = KIND_NAMES.flatMap((kind) =>
  KINDS[kind].names.filter((name) => Object.keys(KINDS[kind].keysOf(name) ?? {}).length > 0)
    .map((name): NamedSection => `${kind}:${name}`)
);

/** A section's kind and NAME; `undefined` where there is no such kind. */
export function parseNamed(
  section: string,
): { readonly kind: NamedKind; readonly name: string } | undefined {
  const [prefix, ...rest] = section.split(":");
  const kind = KIND_NAMES.find((kind) => kind === prefix);
  return kind && rest.length > 0 ? { kind: KINDS[kind], name: rest.join(":") } : undefined;
}

/** Whether a section is of one of the kinds, with a NAME that can be one. */
export function isNamed(section: string): section is NamedSection {
  const parsed = parseNamed(section);
  return parsed !== undefined && parsed.name !== "" &&
    parsed.kind.insteadOf(parsed.name) === undefined;
}

/** The kind of which sections have such a key: `source:NAME`. */
export function kindWithKey(key: string): string | undefined {
  const kind = KIND_NAMES.find((kind) => {
    const { names, keysOf } = KINDS[kind];
    return names.length === 0 && Object.hasOwn(keysOf("NAME") ?? {}, key);
  });
  return kind && `${kind}:NAME`;
}

/** The keys of a section; `undefined` where they are known later only. */
export function namedKeys(section: NamedSection): Readonly<Record<string, Key>> | undefined {
  const { kind, name } = parseNamed(section)!;
  return kind.keysOf(name);
}

function keysFrom(parameters: Parameters): Readonly<Record<string, Key>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, {
      kind: number(parameter, parameter.unit),
      default: String(parameter.default),
      about: parameter.about,
    }]),
  );
}
