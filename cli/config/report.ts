/** The settings of a config, each with its value and where that was written. */

import { redactWhole } from "../../core/redact.ts";
import type { EdgeOptions, ImagesRule } from "../../edge/options.ts";
import type { Configured } from "./configure.ts";
import type { Key, NumberedKey } from "./key.ts";
import { resolveNetwork } from "./network.ts";
import { resolveEdge, resolveForward, resolveServe } from "./resolve.ts";
import { UNCHECKED_KEY } from "./named_sections.ts";
import { ALL_SECTIONS, isSection, keyAt, type KeyPath, keysOf } from "./settings.ts";
import { FALLS_TO, type SourceKey } from "./source_keys.ts";
import { ownItem, sourceSections } from "./sources.ts";
import type { Surroundings } from "./surroundings.ts";

/** A value that may be shown: passwords in it are hidden. */
export type ShownValue = string | number | boolean | null;

/** A value of a setting. */
export interface ReportedValue {
  /** Hidden where it is secret; `null` where there is none. */
  readonly value: ShownValue;
  /** `config/config.ini:12`, `SMARTEYE_MODELS`, `--log-level` or `default`. */
  readonly from: string;
  /** What the roles make of it here, where that is something else. */
  readonly used?: ShownValue;
  /** It is accepted because older files have it, and changes nothing. */
  readonly retired?: true;
  /** Only what uses it knows whether it can be: it is shown as it was written. */
  readonly unchecked?: true;
}

/** One value of a numbered key, such as `url0`. */
export interface ReportedItem extends ReportedValue {
  /** The number behind the key's name. */
  readonly number: number;
}

/** Settings by section and key; a list where keys are numbered. */
export interface ConfigReport {
  /** The config file that was read. */
  readonly file: string | null;
  /** Every section and key of the table, and the sections `[kind:NAME]`. */
  readonly settings: Readonly<
    Record<string, Readonly<Record<string, ReportedValue | readonly ReportedItem[]>>>
  >;
}

/** Shown in place of a secret. */
const HIDDEN = "***";

/**
 * Resolves the settings for every role, as far as that opens nothing, and tells what they are. Adds
 * to the problems what a role would. That nothing names a source is none: `-f` does.
 */
export function reportConfig(configured: Configured, around: Surroundings): ConfigReport {
  const { file, named } = configured;
  const edge = resolveEdge(configured, around, { needsSource: false });
  resolveNetwork(configured, around); // for what is wrong with it
  resolveForward(configured, around);
  const serve = resolveServe(configured, around);
  const used: Readonly<Record<string, ShownValue>> = {
    ...usedOfSources(configured, edge),
    // On an accelerator, how many there are shows when they start.
    ...edge.localWorkers === undefined ? {} : { "edge-setting.local_workers": edge.localWorkers },
    ...serve.workers === undefined ? {} : { "inference.workers": serve.workers },
    "models.directory": edge.models.directory,
  };
  const sections = [...new Set([...ALL_SECTIONS, ...named.map(({ section }) => section)])];
  const settings = Object.fromEntries(sections.map((section) => {
    const names = isSection(section) ? keysOf(section) : configured.keysIn(section);
    const keys = names.map((name) => {
      const path = [section, name] as KeyPath;
      const key = keyAt(path);
      if ("numbered" in key) return [name, itemsOf(configured, path, key)];
      const reported = section.startsWith("source:")
        ? ofSource(configured, path, key)
        : valueOf(configured, path, key);
      const made = used[`${section}.${name}`];
      if (made === undefined) return [name, reported];
      // Compared as they are shown: hiding a password makes no other value of it.
      const isSame = shown(made) === reported.value;
      return [name, isSame ? reported : { ...reported, used: shown(made) }];
    });
    return [section, Object.fromEntries(keys)];
  }));
  return { file: file ?? null, settings };
}

/** What becomes of the settings whose meaning depends on others. */
function usedOfSources(configured: Configured, edge: EdgeOptions): Record<string, ShownValue> {
  const used: Record<string, ShownValue> = {
    "results.images": imagesText(configured.settings.results.images),
  };
  const sections = sourceSections(configured);
  if (sections.length === 0) used["edge-setting.source"] = edge.sources[0]?.source ?? null;
  for (const { section } of sections) {
    const source = edge.sources.find(({ name }) => section === `source:${name}`);
    if (!source) continue; // something is wrong with it
    used[`${section}.file`] = source.source;
    if (ownItem(configured, section, "images")) {
      used[`${section}.images`] = imagesText(source.images);
    }
  }
  return used;
}

function imagesText(rule: ImagesRule): string {
  return typeof rule === "string" ? rule : `every ${rule.every}`;
}

/** A key of a source: where its section does not give it, what holds for all, and where that stands. */
function ofSource(configured: Configured, path: KeyPath, key: Key): ReportedValue {
  const name = path[1];
  const own = valueOf(configured, path, key);
  const isKnown = Object.hasOwn(FALLS_TO, name) && name !== "file";
  if (own.value !== null || !isKnown) return own;
  const general: KeyPath = FALLS_TO[name as SourceKey];
  const { value, from } = valueOf(configured, general, keyAt(general) as Key);
  return { value: null, from, ...(value === null ? {} : { used: value }) };
}

function valueOf({ items }: Configured, path: KeyPath, key: Key): ReportedValue {
  const [given] = items(path);
  const text = given?.text ?? key.default;
  const from = given?.where ?? "default";
  if (key.secret) return { value: text === "" ? null : HIDDEN, from };
  const value = typed(given ? given.value : key.kind.parse(text), text);
  return {
    ...{ value, from },
    ...(key.retired ? { retired: true } : {}),
    ...(key === UNCHECKED_KEY ? { unchecked: true } : {}),
  };
}

function itemsOf({ items }: Configured, path: KeyPath, key: NumberedKey): readonly ReportedItem[] {
  const given = items(path);
  if (given.length === 0) {
    return key.default.map((text, number) => ({ number, value: shown(text), from: "default" }));
  }
  return given.filter(({ value }) => value !== undefined)
    .map(({ number, value, text, where }) => ({ number, value: typed(value, text), from: where }));
}

/** A value as its type where JSON has that; an address as it was written. */
function typed(value: unknown, text: string): ShownValue {
  if (value === undefined || value === "") return null;
  return typeof value === "number" || typeof value === "boolean" ? value : shown(text);
}

function shown(value: ShownValue): ShownValue {
  return typeof value === "string" ? redactWhole(value) : value;
}
