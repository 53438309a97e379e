/** Settings by section and key: their types and how they are found, all read from the one table. */

import type { Key, NumberedKey } from "./key.ts";
import type { Kind } from "./kinds.ts";
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
export type KeyPath = { [S in Section]: readonly [S, keyof Config[S] & string] }[Section];

/** The names of all sections. */
export const SECTIONS = Object.keys(CONFIG) as readonly Section[];

/** The names of a section's keys, numbered ones as `url<N>`. */
export function keysOf(section: Section): readonly string[] {
  return Object.keys(CONFIG[section]);
}

/** What the table says of a key. */
export function keyAt([section, key]: KeyPath): Key | NumberedKey {
  return (CONFIG[section] as Readonly<Record<string, Key | NumberedKey>>)[key]!;
}

/** Whether `name` is a section of the table. */
export function isSection(name: string): name is Section {
  return Object.hasOwn(CONFIG, name);
}

/** The key that `name` stands for in a section: `url3` → `url<N>` with number 3. */
export function findKey(
  section: Section,
  name: string,
): { path: KeyPath; number: number } | undefined {
  if (Object.hasOwn(CONFIG[section], name) && !name.endsWith("<N>")) {
    return { path: [section, name] as KeyPath, number: 0 };
  }
  const [, stem, digits] = /^(.+?)(0|[1-9]\d{0,5})$/.exec(name) ?? [];
  const numbered: string = `${stem}<N>`;
  if (stem === undefined || !Object.hasOwn(CONFIG[section], numbered)) return undefined;
  return { path: [section, numbered] as KeyPath, number: Number(digits) };
}
