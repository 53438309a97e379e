/** What was given, by precedence → every setting's checked value. */

import type { Given } from "./given.ts";
import { type Problems, quote } from "./problems.ts";
import { keyAt, type KeyPath, keysOf, SECTIONS, type Settings } from "./schema.ts";

/** Checked settings, and where each came from. */
export interface Validated {
  /** Every setting of the table. */
  readonly settings: Settings;
  /** Where a setting was written, as a problem names it; its section and key if it is a default. */
  readonly origin: (path: KeyPath) => string;
}

interface Item {
  readonly value: unknown;
  readonly where: string;
}

/**
 * Checks all that was given, `layers` from the weakest to the strongest. A value that a stronger
 * one hides is checked too; in place of a wrong one the default stands, so that later checks can
 * go on.
 */
export function validate(layers: readonly (readonly Given[])[], problems: Problems): Validated {
  const items = new Map<string, Map<number, Item>>();
  for (const layer of layers) {
    for (const { path, wholeList } of layer) if (wholeList) items.delete(nameOf(path));
    for (const given of layer) {
      const item = check(given, problems);
      if (!item) continue;
      const name = nameOf(given.path);
      const numbers = items.get(name) ?? new Map<number, Item>();
      items.set(name, numbers.set(given.number, item));
    }
  }
  const settings = Object.fromEntries(SECTIONS.map((section) => {
    const values = keysOf(section).map((key) => {
      const path = [section, key] as KeyPath;
      return [key, valueOf(path, items.get(nameOf(path)))];
    });
    return [section, Object.fromEntries(values)];
  })) as Settings; // holds what the table's own kinds made of each key
  return {
    settings,
    origin: (path) => items.get(nameOf(path))?.values().next().value?.where ?? nameOf(path),
  };
}

function nameOf([section, key]: KeyPath): string {
  return `[${section}] ${key}`;
}

function valueOf(path: KeyPath, items: Map<number, Item> | undefined): unknown {
  const key = keyAt(path);
  if (!("numbered" in key)) return items ? items.get(0)!.value : key.kind.parse(key.default);
  const values = items
    ? [...items].sort(([a], [b]) => a - b).map(([, { value }]) => value)
    : key.default.map((text) => key.kind.parse(text));
  // The same name twice is one: an old file names one server under two numbers.
  return [...new Set(values)].filter((value) => value !== undefined);
}

function check(given: Given, problems: Problems): Item | undefined {
  const { path, text, where, subject } = given;
  const key = keyAt(path);
  const isSecret = "secret" in key && key.secret;
  const result = key.kind.safeParse(text);
  // Only lines of a file have a subject. A free text such as a path would swallow the comment.
  const hasComment = subject !== undefined && !isSecret && path[0] !== "camera-info" &&
    /\s[;#](\s|$)/.test(text);
  if (result.success && !hasComment) return { value: result.data, where };
  problems.add({
    where,
    ...(subject === undefined ? {} : { subject }),
    found: isSecret ? "something else (not shown)" : text === "" ? "nothing" : quote(text),
    wanted: (key.kind.description ?? "something else") + hintOn(text, hasComment),
  });
  return undefined;
}

function hintOn(text: string, hasComment: boolean): string {
  if (hasComment) return " (a comment needs a line of its own)";
  return /^(["']).*\1$/.test(text) ? " (without quotes)" : "";
}
