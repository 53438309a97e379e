/** Sections `[policy:NAME]`: the parameters that they give, and whether NAME is any policy's. */

import { basename, extname } from "node:path";
import { closest } from "../../core/closest.ts";
import { policiesIn } from "../../policies/expression.ts";
import type { GivenParameters } from "../../policies/parameters.ts";
import { CONTROL_POLICIES, DISPATCH_POLICIES } from "../../policies/registry.ts";
import { isModulePath } from "../../policies/user_module.ts";
import type { Configured } from "./configure.ts";
import type { NamedSection } from "./key.ts";
import { KNOWN_SECTIONS } from "./named_sections.ts";
import { quote } from "./problems.ts";
import { policiesInUse } from "./sources.ts";

const POLICY = "policy:";

/** What was given of policies' own parameters, by the policy's name. */
export function givenParameters(
  configured: Configured,
): Readonly<Record<string, GivenParameters>> {
  const given = policySections(configured).map((section) => {
    const keys = configured.keysIn(section).flatMap((key) => {
      const [item] = configured.items([section, key]);
      return item ? [[key, { text: item.text, where: item.where }] as const] : [];
    });
    return [section.slice(POLICY.length), Object.fromEntries(keys)] as const;
  });
  return Object.fromEntries(given.filter(([_, parameters]) => Object.keys(parameters).length > 0));
}

/** Sections of the policies that come with the program, then of those that only the file names. */
function policySections({ named }: Configured): readonly NamedSection[] {
  const all = new Set([...KNOWN_SECTIONS, ...named.map(({ section }) => section)]);
  return [...all].filter((section) => section.startsWith(POLICY));
}

/** Finds sections that are of no control policy that could be in use. */
export function checkControlSections(configured: Configured): void {
  const inUse = policiesInUse(configured).flatMap(policiesIn);
  checkSections(configured, inUse, Object.keys(CONTROL_POLICIES));
}

/** Finds sections that are of no dispatch policy that could be in use. */
export function checkDispatchSections(configured: Configured): void {
  checkSections(
    configured,
    [configured.settings.forwarder.dispatch_policy],
    Object.keys(DISPATCH_POLICIES),
  );
}

/**
 * A module's policy may have any name, which is known once it is loaded: then nothing is said. A
 * name that is nearly a registered one is a problem, any other one worth a note.
 */
function checkSections(
  configured: Configured,
  inUse: readonly string[],
  registered: readonly string[],
): void {
  const { named, settings, problems, notes } = configured;
  const { dispatch_policy } = settings.forwarder;
  const control = policiesInUse(configured);
  const modules = [...control.flatMap(policiesIn), dispatch_policy].filter(isModulePath);
  const names = [
    ...[...Object.keys(CONTROL_POLICIES), ...Object.keys(DISPATCH_POLICIES)],
    ...modules.map((path) => basename(path, extname(path))),
  ];
  for (const { section, where } of named) {
    const name = section.slice(POLICY.length);
    if (!section.startsWith(POLICY) || names.includes(name)) continue;
    const likely = closest(name, registered);
    if (likely !== undefined && (modules.length === 0 || inUse.includes(likely))) {
      problems.add({
        where,
        found: `the section of the unknown policy ${quote(name)}`,
        wanted: `the name of a policy (did you mean ${quote(likely)}?)`,
      });
    } else if (modules.length === 0) {
      const text = `${where}: the section ${quote(`[${section}]`)} is of no policy that is in ` +
        `use: control_policy is ${control.join(" or ")}, dispatch_policy is ${dispatch_policy}`;
      if (!notes.some((note) => note.text === text)) notes.push({ level: "warning", text });
    }
  }
}
