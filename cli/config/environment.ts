/** Settings that environment variables give. */

import { closest } from "../../core/closest.ts";
import type { Given, Note } from "./given.ts";
import type { NamedSection } from "./key.ts";
import { KIND_NAMES, namedKeys } from "./named_sections.ts";
import { ALL_SECTIONS, type KeyPath, keysOf } from "./settings.ts";

/** Variables that are known by a shorter name too. */
const SHORT_NAMES: Readonly<Record<string, KeyPath>> = {
  SMARTEYE_MODELS: ["models", "directory"],
  SMARTEYE_ORT_LIB: ["inference", "ort_lib"],
};

/** The environment variable of a setting: `SMARTEYE_EDGE_SETTING_CONTROL_POLICY`. */
export function environmentName([section, key]: KeyPath): string {
  return `${sectionPrefix(section)}${key.toUpperCase()}`;
}

/** What the variables of a section begin with. Of its name, only letters and digits stay. */
function sectionPrefix(section: string): string {
  return `SMARTEYE_${section.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_`;
}

/**
 * The settings that environment variables give. An empty variable counts as not set. A name that
 * is no setting is only a note, and only when it is close to one: an orchestrator sets variables
 * such as `SMARTEYE_FORWARDER_PORT` by itself. One of a section `[kind:NAME]` is noted always.
 *
 * @param written the sections `[kind:NAME]` of the file: only of these are there variables, since one
 * alone does not tell where NAME ends; keys that nobody knows yet are taken for them.
 */
export function givenInEnvironment(
  environment: Readonly<Record<string, string>>,
  written: readonly NamedSection[],
): { given: Given[]; notes: Note[] } {
  const paths = new Map<string, KeyPath>();
  for (const section of new Set([...ALL_SECTIONS, ...written])) {
    for (const key of keysOf(section)) {
      const path = [section, key] as KeyPath;
      paths.set(environmentName(path), path);
    }
  }
  const given: Given[] = [];
  const notes: Note[] = [];
  const add = (path: KeyPath, number: number, where: string) => {
    given.push({ path, number, text: environment[where]!.trim(), where });
  };
  for (const [name, path] of Object.entries(SHORT_NAMES)) if (environment[name]) add(path, 0, name);
  for (const name of Object.keys(environment).sort()) {
    if (!name.startsWith("SMARTEYE_") || !environment[name]) continue;
    if (Object.hasOwn(SHORT_NAMES, name) || name === "SMARTEYE_CONFIG") continue;
    const number = /^(.+?)(0|[1-9]\d{0,5})$/.exec(name);
    const list = number && paths.get(`${number[1]}<N>`);
    const path = paths.get(name) ?? uncheckedPath(name, written);
    if (path && !name.endsWith("<N>")) add(path, 0, name);
    else if (list) add(list, Number(number[2]), name);
    else notes.push(...noteOn(name, [...paths.keys()]));
  }
  return { given, notes };
}

/** A key that nobody knows yet, of the section with the longest name that fits. */
function uncheckedPath(variable: string, written: readonly NamedSection[]): KeyPath | undefined {
  const [section] = written
    .filter((section) => namedKeys(section) === undefined)
    .filter((section) => variable.startsWith(sectionPrefix(section)))
    .toSorted((a, b) => b.length - a.length);
  const key = section && variable.slice(sectionPrefix(section).length).toLowerCase();
  return key ? [section, key] : undefined;
}

function noteOn(variable: string, known: readonly string[]): Note[] {
  const likely = closest(variable, known);
  const kind = KIND_NAMES.find((kind) => variable.startsWith(sectionPrefix(kind)));
  if (likely === undefined && kind === undefined) return [];
  const hint = likely === undefined
    ? `a ${kind} of your own wants its section [${kind}:NAME] in the config file`
    : `did you mean ${likely}?`;
  return [{
    level: "warning",
    text: `the environment variable ${variable} is no setting; ${hint}`,
  }];
}
