/** Settings by section and key: their types and how they are found, all read from the one table. */

import type { Key, NamedSection, NumberedKey } from "./key.ts";
import type { Kind } from "./kinds.ts";
import { isNamed, KNOWN_SECTIONS, namedKeys, UNCHECKED_KEY } from "./named_sections.ts";
import { CONFIG } from "./schema.ts";

/** The table's type, from which all others are inferred. */
type Config = typeof CONFIG;

/** The name of a section. */
export type Section = keyof Config;

/** The value of a key: a list where keys are numbered. */
export type ValueOf<K> = K extends { numbered: true; kind: Kind<infer T> }
  ? readonly NonNullable<T>[]
  : K extends { kind: Kind<infer T> } ? T
  : never;

/** Every setting's checked value, by section and key as the table has them. */
export type Settings = {
  readonly [S in Section]: { readonly [K in keyof Config[S]]: ValueOf<Config[S][K]> };
};

/** Section and key of one setting. */
export type KeyPath =
  | { [S in Section]: readonly [S, keyof Config[S] & string] }[Section]
  | readonly [NamedSection, string];

/** The names of all sections of the table. */
export const SECTIONS = Object.keys(CONFIG) as readonly Section[];

/** Those, and the sections `[kind:NAME]` whose keys are known. */
export const ALL_SECTIONS: readonly (Section | NamedSection)[] = [...SECTIONS, ...KNOWN_SECTIONS];

/** The names of a section's keys as far as they are known, numbered ones as `url<N>`. */
export function keysOf(section: Section | NamedSection): readonly string[] {
  return Object.keys(tableOf(section) ?? {});
}

/** What the tables say of a key. */
export function keyAt([section, key]: KeyPath): Key | NumberedKey {
  const table = tableOf(section);
  return table ? table[key]! : UNCHECKED_KEY;
}

/** How a setting is named where its place is not known: `[monitor] monitor_interval`. */
export function pathName([section, key]: KeyPath): string {
  return `[${section}] ${key}`;
}

/** Whether `name` is a section of the table. */
export function isSection(name: string): name is Section {
  return Object.hasOwn(CONFIG, name);
}

/** Whether a file may have a section of this name. */
export function mayStand(name: string): name is Section | NamedSection {
  return isSection(name) || isNamed(name);
}

/** The key that `name` stands for in a section: `url3` → `url<N>` with number 3. */
export function findKey(
  section: Section | NamedSection,
  name: string,
): { path: KeyPath; number: number } | undefined {
  const table = tableOf(section);
  if (!table || (Object.hasOwn(table, name) && !name.endsWith("<N>"))) {
    return { path: [section, name] as KeyPath, number: 0 };
  }
  const [, stem, digits] = /^(.+?)(0|[1-9]\d{0,5})$/.exec(name) ?? [];
  const numbered: string = `${stem}<N>`;
  if (stem === undefined || !Object.hasOwn(table, numbered)) return undefined;
  return { path: [section, numbered] as KeyPath, number: Number(digits) };
}

/** A section's keys; `undefined` where they are known later only. */
function tableOf(
  section: Section | NamedSection,
): Readonly<Record<string, Key | NumberedKey>> | undefined {
  return isSection(section) ? CONFIG[section] : namedKeys(section);
}
