/** What the user gave, whatever the way: a line of a file, an environment variable or a flag. */

import { closest } from "../../core/closest.ts";
import { type Problems, quote, wantedName } from "./problems.ts";
import { findKey, isSection, keyAt, type KeyPath, keysOf, SECTIONS } from "./settings.ts";
import { type Scan, shownKey } from "./scan.ts";

/** One setting's text and where it was written. */
export interface Given {
  /** Which setting. */
  readonly path: KeyPath;
  /** Of a numbered key; else 0. */
  readonly number: number;
  /** As the user wrote it. */
  readonly text: string;
  /** As a problem names it: `config/config.ini:12`, `SMARTEYE_MODELS` or `--interval`. */
  readonly where: string;
  /** Which setting it is, where `where` does not say so. */
  readonly subject?: string;
  /** The flag gives a whole list: numbers from weaker places no longer count. */
  readonly wholeList?: true;
}

/** Something to log once logging has begun. */
export interface Note {
  /** How important it is. */
  readonly level: "debug" | "info" | "warning";
  /** What is said. */
  readonly text: string;
}

/** A file's entries as settings; sections and keys that are not known become problems. */
export function givenInFile(scan: Scan, file: string, problems: Problems): Given[] {
  for (const { name, line } of scan.sections) {
    if (isSection(name)) continue;
    problems.add({
      where: `${file}:${line}`,
      found: `the unknown section ${quote(`[${name}]`)}`,
      wanted: wantedName("a known section", name, SECTIONS),
    });
  }
  const given: Given[] = [];
  for (const { section, key, text, line } of scan.entries) {
    if (!isSection(section)) continue; // told once, at the section's own line
    const where = `${file}:${line}`;
    const found = findKey(section, key);
    if (found) {
      given.push({ ...found, text, where, subject: `[${section}] ${key}` });
      continue;
    }
    const home = SECTIONS.find((other) => findKey(other, key));
    problems.add({
      where,
      subject: `[${section}]`,
      found: `the unknown key ${quote(shownKey(key, section))}`,
      wanted: home
        ? `it under [${home}]`
        : wantedName("a key of this section", key.replace(/\d+$/, "<N>"), keysOf(section)),
    });
  }
  return given;
}

/** The environment variable of a setting: `SMARTEYE_EDGE_SETTING_CONTROL_POLICY`. */
export function environmentName([section, key]: KeyPath): string {
  return `SMARTEYE_${section}_${key}`.toUpperCase().replaceAll("-", "_");
}

/**
 * The settings that environment variables give. An empty variable counts as not set. A name that
 * is no setting is only a note, and only when it is close to one: an orchestrator sets variables
 * such as `SMARTEYE_FORWARDER_PORT` by itself.
 */
export function givenInEnvironment(
  environment: Readonly<Record<string, string>>,
): { given: Given[]; notes: Note[] } {
  const paths = new Map<string, KeyPath>();
  for (const section of SECTIONS) {
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
  if (environment["SMARTEYE_MODELS"]) add(["models", "directory"], 0, "SMARTEYE_MODELS");
  for (const name of Object.keys(environment).sort()) {
    if (!name.startsWith("SMARTEYE_") || !environment[name]) continue;
    if (name === "SMARTEYE_MODELS" || name === "SMARTEYE_CONFIG") continue;
    const number = /^(.+?)(0|[1-9]\d{0,5})$/.exec(name);
    const list = number && paths.get(`${number[1]}<N>`);
    const path = paths.get(name);
    if (path && !name.endsWith("<N>")) add(path, 0, name);
    else if (list) add(list, Number(number[2]), name);
    else {
      const likely = closest(name, [...paths.keys()]);
      if (likely === undefined) continue;
      notes.push({
        level: "warning",
        text: `the environment variable ${name} is no setting; did you mean ${likely}?`,
      });
    }
  }
  return { given, notes };
}

/** Notes for settings that are accepted but change nothing. */
export function notesOf(given: readonly Given[]): Note[] {
  return given.flatMap(({ path, text, where }) => {
    const key = keyAt(path);
    return "retired" in key && key.retired && text !== ""
      ? [{ level: "debug" as const, text: `${where}: ${path[1]} has no effect` }]
      : [];
  });
}
