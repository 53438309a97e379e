/** What the user gave, whatever the way, and what the lines of a file give. */

import { closest } from "../../core/closest.ts";
import { type Problems, quote, wantedName } from "./problems.ts";
import type { NamedSection } from "./key.ts";
import { isNamed, KIND_NAMES, kindWithKey, parseNamed } from "./named_sections.ts";
import {
  ALL_SECTIONS,
  findKey,
  isSection,
  keyAt,
  type KeyPath,
  keysOf,
  mayStand,
  pathName,
  type Section,
  SECTIONS,
} from "./settings.ts";
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

/** A section `[kind:NAME]` that stands in the file. */
export interface WrittenSection {
  /** Its name. */
  readonly section: NamedSection;
  /** As a problem names it: `config/config.ini:12`. */
  readonly where: string;
}

/** What a file gives. */
export interface GivenInFile {
  /** Its settings. */
  readonly given: Given[];
  /** Its sections `[kind:NAME]`, also those in which nothing stands. */
  readonly named: readonly WrittenSection[];
}

/** A file's entries as settings; sections and keys that are not known become problems. */
export function givenInFile(scan: Scan, file: string, problems: Problems): GivenInFile {
  const named: WrittenSection[] = [];
  for (const { name, line } of scan.sections) {
    const where = `${file}:${line}`;
    if (isNamed(name)) named.push({ section: name, where });
    else if (!isSection(name)) problems.add({ where, ...unknownSection(name) });
  }
  const given: Given[] = [];
  for (const { section, key, text, line } of scan.entries) {
    if (!mayStand(section)) continue; // told once, at the section's own line
    const where = `${file}:${line}`;
    const found = findKey(section, key);
    if (found) given.push({ ...found, text, where, subject: `[${section}] ${key}` });
    else {
      problems.add({
        where,
        subject: `[${section}]`,
        found: `the unknown key ${quote(shownKey(key, section))}`,
        wanted: wantedKey(section, key),
      });
    }
  }
  return { given, named };
}

function unknownSection(section: string): { readonly found: string; readonly wanted: string } {
  const parsed = parseNamed(section);
  if (parsed) { // its NAME is what is wrong
    const wanted = parsed.kind.insteadOf(parsed.name) ?? `${parsed.kind.wanted} behind the colon`;
    return { found: `the section ${quote(`[${section}]`)}`, wanted };
  }
  const [prefix, ...rest] = section.split(":");
  const found = `the unknown section ${quote(`[${section}]`)}`;
  const kinds = KIND_NAMES.map((kind) => `${kind}:NAME`);
  const kind = closest(prefix!, KIND_NAMES);
  if (kind !== undefined) {
    const meant = `${kind}:${rest.join(":") || "NAME"}`;
    return { found, wanted: `a known section (did you mean ${quote(meant)}?)` };
  }
  return { found, wanted: wantedName("a known section", section, [...SECTIONS, ...kinds]) };
}

function wantedKey(section: Section | NamedSection, key: string): string {
  const home = ALL_SECTIONS.find((other) => findKey(other, key)) ?? kindWithKey(key);
  if (home) return `it under [${home}]`;
  const known = keysOf(section);
  if (known.length === 0) return "no keys in this section";
  return wantedName("a key of this section", key.replace(/\d+$/, "<N>"), known);
}

/**
 * A layer in which older names of settings give the newer ones too, where these are not written
 * beside them. Notes what has no effect because of that.
 */
export function withNewerNames(layer: readonly Given[], notes: Note[]): readonly Given[] {
  const newer = layer.flatMap((older) => {
    const key = keyAt(older.path);
    if (!("olderNameOf" in key) || !key.olderNameOf || older.text === "") return [];
    const path = key.olderNameOf;
    const winner = layer.find((other) => pathName(other.path) === pathName(path));
    if (winner) {
      const text = `${older.where}: ${pathName(older.path)} has no effect, ` +
        `since ${pathName(path)} (${winner.where}) is its newer name`;
      notes.push({ level: "warning", text });
    }
    // What is wrong with it is told of the older name.
    return winner || !key.kind.safeParse(older.text).success ? [] : [{ ...older, path }];
  });
  return [...layer, ...newer];
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
