/** Sections `[rule:NAME]`: what people are to be told of, at which sources and by which sinks. */

import type { SourceOptions } from "../../edge/options.ts";
import type { RuleOptions } from "../../edge/rules/options.ts";
import { SINK_KINDS, type SinkKind } from "../../edge/sink/added/kinds.ts";
import type { SinkOptions } from "../../edge/sink/added/options.ts";
import type { Configured } from "./configure.ts";
import type { WrittenSection } from "./given.ts";
import { checkNames } from "./names.ts";
import { oneOf, quote } from "./problems.ts";
import { RULE_KEYS } from "./rule_keys.ts";
import type { ValueOf } from "./settings.ts";
import { checkSources } from "./zones.ts";

type Keys = typeof RULE_KEYS;

const PREFIX = "rule:";

/**
 * The sources with the rules that are for them, in the order of the file. Adds to the problems what is
 * wrong with rules.
 *
 * @param sinks where results go, too
 */
export function withRules<Source extends SourceOptions>(
  configured: Configured,
  sources: readonly Source[],
  sinks: readonly SinkOptions[],
): readonly (Source & Pick<SourceOptions, "rules">)[] {
  const sections = configured.named.filter(({ section }) => section.startsWith(PREFIX));
  checkNames(sections, configured.problems);
  const rules = sections.map((section) => ruleOf(configured, section, sources, sinks));
  return sources.map((source) => ({
    ...source,
    rules: rules.filter((rule) => isFor(rule, source)),
  }));
}

/** A rule that waits for places is of no use where there is none of them. */
function isFor({ sources, places }: RuleOptions, { name, zones }: SourceOptions): boolean {
  return (sources.length === 0 || sources.includes(name)) &&
    (places.length === 0 || zones.some((zone) => places.includes(zone.name)));
}

function ruleOf(
  configured: Configured,
  { section, where }: WrittenSection,
  sources: readonly SourceOptions[],
  sinks: readonly SinkOptions[],
): RuleOptions {
  const { problems } = configured;
  const item = <K extends keyof Keys>(key: K) => {
    const [given] = configured.items([section, key]);
    // Both are what the key's own kind made of a text.
    const value = given ? given.value : RULE_KEYS[key].kind.parse(RULE_KEYS[key].default);
    return { value: value as ValueOf<Keys[K]>, where: given?.where ?? where };
  };
  const [of, told, places, labels] = [item("source"), item("sinks"), item("zone"), item("label")];
  const names = sources.map(({ name }) => name);
  checkSources(configured, of.value ?? [], names, of.where);
  const known = sinks.map(({ name }) => name);
  for (const name of new Set(told.value ?? [])) {
    if (known.includes(name)) continue;
    const wanted = known.length === 0 ? `a section [sink:${name}]` : oneOf(name, known);
    problems.add({ where: told.where, found: `the unknown sink ${quote(name)}`, wanted });
  }
  const clip = item("clip").value;
  const rule: RuleOptions = {
    name: section.slice(PREFIX.length),
    labels: labels.value ?? [],
    places: [...new Set(places.value ?? [])],
    hours: item("hours").value ?? [],
    minimumMs: Math.round(item("minimum").value * 1000),
    scoreMin: item("score").value ?? 0,
    cooldownMs: Math.round(item("cooldown").value * 1000),
    sinks: told.value ?? sinks.filter(tells).map(({ name }) => name),
    ...(clip ? { clip } : {}),
    sources: of.value ?? [],
  };
  checkPlaces(configured, rule, sources, { where: places.where, subject: `[${section}]` });
  return rule;
}

function tells({ kind }: SinkOptions): boolean {
  const { tells }: SinkKind = SINK_KINDS[kind];
  return tells === true;
}

/** Finds places that no source of the rule has, and those that tell nothing of what it waits for. */
function checkPlaces(
  { named, problems }: Configured,
  { places, labels, sources: of }: RuleOptions,
  sources: readonly SourceOptions[],
  at: { readonly where: string; readonly subject: string },
): void {
  const all = named.filter(({ section }) => section.startsWith("zone:"))
    .map(({ section }) => section.slice("zone:".length));
  const meant = sources.filter(({ name }) => of.length === 0 || of.includes(name));
  for (const place of places) {
    if (!all.includes(place)) {
      const wanted = all.length === 0 ? `a section [zone:${place}]` : oneOf(place, all);
      problems.add({ ...at, found: `the unknown zone ${quote(place)}`, wanted });
      continue;
    }
    const [zone] = meant.flatMap(({ zones }) => zones.find(({ name }) => name === place) ?? []);
    if (!zone && meant.length > 0) {
      const found = `the zone ${quote(place)}, which none of its sources has`;
      const names = meant.map(({ name }) => name).join(", ");
      problems.add({ ...at, found, wanted: `a zone of ${names}` });
    }
    const classes = zone?.classes ?? [];
    if (classes.length === 0 || labels.length === 0) continue;
    if (labels.some((label) => classes.includes(label))) continue;
    const found = `${labels.join(", ")} in the zone ${quote(place)}, which is for ${
      classes.join(", ")
    }`;
    problems.add({ ...at, found, wanted: "a label that its zone is for" });
  }
}
