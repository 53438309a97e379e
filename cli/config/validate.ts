/** What was given, by precedence → every setting's checked value. */

import type { Given } from "./given.ts";
import { HINT, type Kind } from "./kinds.ts";
import { type Problems, quote } from "./problems.ts";
import type { NamedSection } from "./key.ts";
import { namedKeys } from "./named_sections.ts";
import { keyAt, type KeyPath, keysOf, pathName, SECTIONS, type Settings } from "./settings.ts";

/** Checked settings, and where each came from. */
export interface Validated {
  /** Every setting of the table. */
  readonly settings: Settings;
  /** Where a setting was written, as a problem names it; its section and key if it is a default. */
  readonly origin: (path: KeyPath) => string;
  /** What was given of a setting, by number; nothing where the default stands. */
  readonly items: (path: KeyPath) => readonly Item[];
  /** The keys of a section `[kind:NAME]`: those that are known, else those that were given. */
  readonly keysIn: (section: NamedSection) => readonly string[];
  /** The keys of a section `[kind:NAME]` that were given, rightly or not. */
  readonly keysGiven: (section: NamedSection) => readonly string[];
}

/** A value that was given, and that no stronger place replaced. */
export interface Item {
  /** Of a numbered key; else 0. */
  readonly number: number;
  /** As the user wrote it. */
  readonly text: string;
  /** What the key's kind made of it. */
  readonly value: unknown;
  /** Where it was written, as a problem names it. */
  readonly where: string;
}

/**
 * Checks all that was given, `layers` from the weakest to the strongest. A value that a stronger
 * one hides is checked too; in place of a wrong one the default stands, so that later checks can
 * go on.
 */
export function validate(layers: readonly (readonly Given[])[], problems: Problems): Validated {
  const given = new Map<string, Map<number, Item>>();
  for (const layer of layers) {
    for (const { path, wholeList } of layer) if (wholeList) given.delete(pathName(path));
    for (const one of layer) {
      const item = check(one, problems);
      if (!item) continue;
      const name = pathName(one.path);
      const numbers = given.get(name) ?? new Map<number, Item>();
      given.set(name, numbers.set(one.number, item));
    }
  }
  const items = (path: KeyPath) =>
    [...given.get(pathName(path))?.values() ?? []].sort((a, b) => a.number - b.number);
  const settings = Object.fromEntries(SECTIONS.map((section) => {
    const values = keysOf(section).map((key) => {
      const path = [section, key] as KeyPath;
      return [key, valueOf(path, items(path))];
    });
    return [section, Object.fromEntries(values)];
  })) as Settings; // holds what the table's own kinds made of each key
  const keysGiven = (section: NamedSection) => {
    const all = layers.flat().filter(({ path }) => path[0] === section);
    return [...new Set(all.map(({ path }) => path[1]))];
  };
  const keysIn = (section: NamedSection) =>
    namedKeys(section) === undefined ? keysGiven(section) : keysOf(section);
  const origin = (path: KeyPath) => items(path)[0]?.where ?? pathName(path);
  return { settings, items, keysIn, keysGiven, origin };
}

function valueOf(path: KeyPath, items: readonly Item[]): unknown {
  const key = keyAt(path);
  const [first] = items;
  if (!("numbered" in key)) return first ? first.value : key.kind.parse(key.default);
  const values = first
    ? items.map(({ value }) => value)
    : key.default.map((text) => key.kind.parse(text));
  // The same name twice is one: an old file names one server under two numbers.
  return [...new Set(values)].filter((value) => value !== undefined);
}

function check(given: Given, problems: Problems): Item | undefined {
  const key = keyAt(given.path);
  const isSecret = "secret" in key && key.secret === true;
  // Only lines of a file have a subject. A free text such as a path would swallow the comment.
  const hasComment = given.subject !== undefined && !isSecret && given.path[0] !== "camera-info" &&
    /\s[;#](\s|$)/.test(given.text);
  const checked = checkText(key.kind, { ...given, isSecret, hasComment }, problems);
  if (!checked) return undefined;
  const { number, text, where } = given;
  return { number, text, value: checked.value, where };
}

/** What a kind finds wrong. */
type Issue = NonNullable<ReturnType<Kind<unknown>["safeParse"]>["error"]>["issues"][number];

/** A text that somebody wrote, and where. */
interface Written {
  readonly text: string;
  readonly where: string;
  readonly subject?: string;
  /** Never shown. */
  readonly isSecret?: boolean;
  /** Behind it stands what looks like a comment. */
  readonly hasComment?: boolean;
}

/** What `kind` makes of a text; `undefined` after a problem that says what is wanted instead. */
export function checkText<T>(
  kind: Kind<T>,
  written: Written,
  problems: Problems,
): { readonly value: T } | undefined {
  const { text, where, subject, isSecret, hasComment } = written;
  const result = kind.safeParse(text);
  if (result.success && !hasComment) return { value: result.data };
  const hint = hintAmong(result.error?.issues ?? []);
  problems.add({
    where,
    ...(subject === undefined ? {} : { subject }),
    found: isSecret ? "something else (not shown)" : text === "" ? "nothing" : quote(text),
    wanted: (kind.description ?? "something else") + (hint === undefined ? "" : ` (${hint})`) +
      hintOn(text, hasComment),
  });
  return undefined;
}

/** What a kind says was probably meant, or is wrong: also one of several that a value may be of. */
function hintAmong(issues: readonly Issue[]): string | undefined {
  for (const issue of issues) {
    if (issue.code === "custom" && issue.params?.[HINT]) return issue.message;
    const inner = issue.code === "invalid_union" ? hintAmong(issue.errors.flat()) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function hintOn(text: string, hasComment: boolean | undefined): string {
  if (hasComment) return " (a comment needs a line of its own)";
  return /^(["']).*\1$/.test(text) ? " (without quotes)" : "";
}
