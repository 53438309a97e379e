/** Sections `[zone:NAME]`: the zones and lines of each source. */

import type { ZoneOptions, ZoneShape } from "../../edge/zones/options.ts";
import type { Configured } from "./configure.ts";
import type { WrittenSection } from "./given.ts";
import type { ValueOf } from "./settings.ts";
import { checkNames } from "./names.ts";
import { oneOf, type Problems, quote } from "./problems.ts";
import { ZONE_KEYS } from "./zone_keys.ts";

/** A zone of the settings. */
export interface WrittenZone {
  /** Its name. */
  readonly name: string;
  /** What is written of it; absent where something is wrong with that. */
  readonly options: ZoneOptions | undefined;
}

/** Zones that a source's section names, and where. */
export interface NamedZones {
  /** As written. */
  readonly names: readonly string[];
  /** As a problem names it. */
  readonly where: string;
}

type Keys = typeof ZONE_KEYS;

const PREFIX = "zone:";

/**
 * The zones of the file, in its order. Adds to the problems what is wrong with them.
 *
 * @param sources names of what is read in this run
 */
export function resolveZones(
  configured: Configured,
  sources: readonly string[],
): readonly WrittenZone[] {
  const sections = configured.named.filter(({ section }) => section.startsWith(PREFIX));
  checkNames(sections, configured.problems);
  return sections.map((one) => ({
    name: one.section.slice(PREFIX.length),
    options: zoneOf(configured, one, sources),
  }));
}

/**
 * The zones of a source: those that its section names, else those that mean it or every source. Adds to
 * the problems names of none.
 */
export function zonesOf(
  source: string,
  zones: readonly WrittenZone[],
  own: NamedZones | undefined,
  problems: Problems,
): readonly ZoneOptions[] {
  if (!own) {
    return zones.flatMap(({ options }) =>
      options && (options.sources.length === 0 || options.sources.includes(source)) ? options : []
    );
  }
  const { where } = own;
  const all = zones.map(({ name }) => name);
  return [...new Set(own.names)].flatMap((name) => {
    const zone = zones.find((one) => one.name === name);
    if (!zone) {
      const wanted = all.length === 0 ? `a section [zone:${name}]` : oneOf(name, all);
      problems.add({ where, found: `the unknown zone ${quote(name)}`, wanted });
      return [];
    }
    const { options } = zone;
    if (options && options.sources.length > 0 && !options.sources.includes(source)) {
      const found = `the zone ${quote(name)}, which is of the sources ${
        options.sources.join(", ")
      }`;
      problems.add({ where, found, wanted: `${source} among them, or none named there` });
    }
    return options ?? [];
  });
}

function zoneOf(
  configured: Configured,
  { section, where }: WrittenSection,
  sources: readonly string[],
): ZoneOptions | undefined {
  const { problems } = configured;
  const item = <K extends keyof Keys>(key: K) => {
    const [given] = configured.items([section, key]);
    // Both are what the key's own kind made of a text.
    const value = given ? given.value : ZONE_KEYS[key].kind.parse(ZONE_KEYS[key].default);
    return { value: value as ValueOf<Keys[K]>, where: given?.where ?? where };
  };
  const [polygon, line, dwell] = [item("polygon"), item("line"), item("dwell")];
  const of = item("source");
  checkSources(configured, of.value ?? [], sources, of.where);
  const subject = `[${section}]`;
  if (polygon.value && line.value) {
    const found = "line beside polygon";
    problems.add({ where: line.where, subject, found, wanted: "one of the two" });
  }
  if (line.value && dwell.value > 0) {
    const found = "dwell of a line";
    problems.add({ where: dwell.where, subject, found, wanted: "a polygon: nothing is in a line" });
  }
  const shape: ZoneShape | undefined = polygon.value ?? line.value;
  const isWrong = ["polygon", "line"].some((key) =>
    configured.keysGiven(section).includes(key) && configured.items([section, key]).length === 0
  );
  if (!shape) {
    if (!isWrong) {
      const wanted = "polygon = 0.1,0.9 0.4,0.3 0.8,0.9 or line = 0.2,0.6 0.8,0.6 " +
        "(smarteye zones shows where that is)";
      problems.add({ where, subject, found: "neither polygon nor line", wanted });
    }
    return undefined;
  }
  return {
    name: section.slice(PREFIX.length),
    shape,
    classes: item("classes").value ?? [],
    dwellMs: Math.round(dwell.value * 1000),
    anchor: item("anchor").value,
    sources: of.value ?? [],
  };
}

/** Finds names of no source. Without any source at all nobody knows which there will be. */
function checkSources(
  { named, problems }: Configured,
  names: readonly string[],
  read: readonly string[],
  where: string,
): void {
  const inFile = named.filter(({ section }) => section.startsWith("source:"))
    .map(({ section }) => section.slice("source:".length));
  const known = [...new Set([...inFile, ...read])];
  if (known.length === 0) return;
  for (const name of names.filter((name) => !known.includes(name))) {
    problems.add({ where, found: `the unknown source ${quote(name)}`, wanted: oneOf(name, known) });
  }
}
