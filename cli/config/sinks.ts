/** Where results go beside the runs' own files: sections `[sink:NAME]`, and flags `--sink`. */

import { dirname, resolve } from "node:path";
import { pathOf } from "../../edge/sink/added/added_sinks.ts";
import {
  SINK_KIND_NAMES,
  SINK_KINDS,
  type SinkKind,
  type SinkKindName,
} from "../../edge/sink/added/kinds.ts";
import type { OwnOptions, SinkOptions } from "../../edge/sink/added/options.ts";
import { whatIsWrong } from "../../edge/sink/added/sqlite/open_database.ts";
import type { SourceOptions } from "../../edge/options.ts";
import type { Configured } from "./configure.ts";
import { nameOf, type OwnFlag } from "./flag.ts";
import type { WrittenSection } from "./given.ts";
import type { Key } from "./key.ts";
import { plain, severalOf } from "./kinds.ts";
import { checkNames } from "./names.ts";
import { checkIsFile, statOf } from "./paths.ts";
import { oneOf, quote } from "./problems.ts";
import type { ValueOf } from "./settings.ts";
import { checkAddress } from "./sink_address.ts";
import { COMMON_SINK_KEYS, SINK_QUEUE } from "./sink_keys.ts";
import { ALL_OWN_KEYS, kindsWith, SINK_OWN_KEYS } from "./sink_own_keys.ts";
import type { Surroundings } from "./surroundings.ts";
import { checkSources } from "./zones.ts";

/** `--sink` of an edge. */
export const SINK_FLAG: OwnFlag<readonly string[]> = {
  term: "--sink <kind[:where]>",
  kind: severalOf(plain(`a kind of sink, such as ${SINK_KIND_NAMES[0]}:seen.sqlite`)),
  about:
    `where results go, too, also several times: ${SINK_KIND_NAMES.join(", ")}, each with the ` +
    "path of its file or an address, or in the run's directory",
  several: true,
};

/** A sink, and where it is written. */
interface Written {
  readonly options: SinkOptions;
  readonly where: string;
  readonly subject?: string;
}

type Keys = typeof COMMON_SINK_KEYS;

/** Kinds that tell apart what they are for. */
const TELL_APART = SINK_KIND_NAMES.filter((kind) => "what" in SINK_KINDS[kind]);

const PREFIX = "sink:";

/**
 * The sinks of the file, in its order, and behind them those of the command line. Adds to the problems
 * what is wrong with them.
 */
export function resolveSinks(
  configured: Configured,
  around: Surroundings,
  sources: readonly SourceOptions[],
): readonly SinkOptions[] {
  const sections = configured.named.filter(({ section }) => section.startsWith(PREFIX));
  checkNames(sections, configured.problems);
  const inFile = sections.flatMap((section) => sinkOf(configured, around, section, sources) ?? []);
  const written = [...inFile];
  for (const text of configured.flag(SINK_FLAG) ?? []) {
    const taken = new Set(written.map(({ options }) => options.name.toLowerCase()));
    const sink = sinkOfFlag(configured, text, taken);
    if (sink) written.push(sink);
  }
  checkPlaces(configured, around, written, sources);
  return written.map(({ options }) => options);
}

function sinkOf(
  configured: Configured,
  around: Surroundings,
  written: WrittenSection,
  sources: readonly SourceOptions[],
): Written | undefined {
  const { problems } = configured;
  const { section, where } = written;
  const item = <K extends keyof Keys>(key: K) => {
    const { value, where } = itemOf(configured, written, key, COMMON_SINK_KEYS[key]);
    return { value: value as ValueOf<Keys[K]>, where }; // what the key's own kind made of a text
  };
  const name = section.slice(PREFIX.length);
  const subject = `[${section}]`;
  const [word, place, what, of] = [item("kind"), item("where"), item("what"), item("sources")];
  checkSources(configured, of.value ?? [], sources.map(({ name }) => name), of.where);
  const kind = kindOf(configured, word.value ?? name, { where: word.where, subject });
  if (!kind) return undefined;
  const told: SinkKind = SINK_KINDS[kind];
  for (const one of what.value ?? []) {
    if (told.what?.includes(one)) continue;
    problems.add({
      ...{ where: what.where, subject, found: `what = ${quote(one)}` },
      wanted: told.what
        ? oneOf(one, told.what)
        : `none: ${kind} is for all that it can take, ${listed(TELL_APART)} tell it apart`,
    });
  }
  if (place.value === undefined && told.file === undefined) {
    const wanted = told.address
      ? `where = ${told.address.example}`
      : `where = FILE${told.stream ? ` or where = ${told.stream}` : ""}`;
    problems.add({ where, subject, found: `no where of kind ${kind}`, wanted });
    return undefined;
  }
  const mine = sourcesOf(of.value ?? [], sources);
  const own = ownOf(configured, around, written, { kind, sources: mine });
  return {
    ...{ where: place.where, subject },
    options: {
      ...{ name, kind, where: place.value, what: what.value ?? [] },
      ...{ queueLengthMax: item("queue").value, sources: of.value ?? [] },
      ...(own ? { own } : {}),
    },
  };
}

/** What a section says of a key, and where; else its default. */
function itemOf(
  configured: Configured,
  { section, where }: WrittenSection,
  key: string,
  { kind, default: text }: Key,
): { readonly value: unknown; readonly where: string } {
  const [given] = configured.items([section, key]);
  return given ? { value: given.value, where: given.where } : { value: kind.parse(text), where };
}

/** What is said of the sink's kind alone. A key of other kinds is a problem. */
function ownOf(
  configured: Configured,
  around: Surroundings,
  written: WrittenSection,
  { kind, sources }: {
    readonly kind: SinkKindName;
    readonly sources: readonly SourceOptions[];
  },
): OwnOptions | undefined {
  const { problems } = configured;
  const subject = `[${written.section}]`;
  const own = Object.entries(SINK_OWN_KEYS).find(([one]) => one === kind)?.[1];
  const values: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(ALL_OWN_KEYS)) {
    const { value, where } = itemOf(configured, written, key, one);
    if (own && Object.hasOwn(own.keys, key)) values[key] = value;
    else if (value !== undefined) {
      const shown = one.secret ? key : `${key} = ${quote(textOf(value))}`;
      const wanted = `none: it is a key of ${kindsWith(key)}`;
      problems.add({ where, subject, found: `${shown} of kind ${kind}`, wanted });
    }
  }
  const placeOf = (key: string) => itemOf(configured, written, key, ALL_OWN_KEYS[key]!).where;
  return own && {
    [kind]: own.options(values, {
      add: (key, found, wanted) =>
        problems.add({ where: placeOf(key), subject: `${subject} ${key}`, found, wanted }),
      checkIsFile: (key, path) => checkIsFile(configured, around, placeOf(key), path),
      withoutSnapshots: sources.find(({ events }) => events !== "all")?.name,
    }),
  };
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function sinkOfFlag(
  configured: Configured,
  text: string,
  taken: ReadonlySet<string>,
): Written | undefined {
  const where = nameOf(SINK_FLAG);
  // An address alone tells what it is, too: mqtt://broker/smarteye.
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1] ?? "";
  const [first, ...rest] = text.split(":");
  const named = SINK_KIND_NAMES.find((kind) => addressOf(kind)?.schemes.includes(scheme));
  const kind = named ?? kindOf(configured, first!, { where });
  if (!kind) return undefined;
  const path = named ? text : rest.length > 0 ? rest.join(":") : undefined;
  const told: SinkKind = SINK_KINDS[kind];
  if (path === "" || (path === undefined && told.file === undefined)) {
    const wanted = told.address
      ? `${kind}:${told.address.example}`
      : `${kind}:FILE${told.stream ? ` or ${kind}:${told.stream}` : ""}`;
    configured.problems.add({ where, found: quote(text), wanted });
    return undefined;
  }
  let name: string = kind;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${kind}_${n}`;
  const queueLengthMax = Number(SINK_QUEUE);
  return { where, options: { name, kind, where: path, what: [], queueLengthMax, sources: [] } };
}

function addressOf(kind: SinkKindName) {
  const { address }: SinkKind = SINK_KINDS[kind];
  return address;
}

function kindOf(
  { problems }: Configured,
  word: string,
  at: { readonly where: string; readonly subject?: string },
): SinkKindName | undefined {
  const kind = SINK_KIND_NAMES.find((kind) => kind === word);
  const found = `the unknown kind of sink ${quote(word)}`;
  if (!kind) problems.add({ ...at, found, wanted: oneOf(word, SINK_KIND_NAMES) });
  return kind;
}

/** Finds files that two write to, and those that are there and not to be written to. */
function checkPlaces(
  configured: Configured,
  around: Surroundings,
  written: readonly Written[],
  sources: readonly SourceOptions[],
): void {
  const { problems, settings } = configured;
  const seen = new Map<string, string>();
  for (const { options, where, subject } of written) {
    const at = { where, ...(subject === undefined ? {} : { subject }) };
    const address = addressOf(options.kind);
    if (address) {
      checkAddress(configured, options, at, address);
      continue;
    }
    if (options.where === "-") {
      if (!mayBeStdout(configured, options, at)) continue;
      if (settings.telemetry.json) {
        const found = `${quote("-")} beside --json, which prints there`;
        problems.add({ ...at, found, wanted: "one of the two" });
      }
    }
    checkIsOneDirectory(configured, options, at, sources);
    for (const path of pathsOf(options, sources)) {
      const place = path === "-" ? path : resolve(around.directory, path);
      const other = seen.get(place);
      if (other !== undefined) {
        const found = `the sink ${options.name} where ${other} writes: ${quote(path)}`;
        problems.add({ ...at, found, wanted: "a place for each" });
      } else seen.set(place, options.name);
      if (options.where !== undefined && path !== "-") {
        checkWhatIsThere(configured, around, options, at, path);
      }
    }
  }
}

type At = { readonly where: string; readonly subject?: string };

/** Paths that a sink writes to: of a kind with a companion, both. */
function pathsOf(options: SinkOptions, sources: readonly SourceOptions[]): readonly string[] {
  const kind: SinkKind = SINK_KINDS[options.kind];
  const of = sourcesOf(options.sources, sources);
  const paths = new Set(of.map((source) => pathOf(options, kind, source, sources.length > 1)));
  return [...paths].flatMap((path) => kind.companion ? [path, kind.companion(path)] : [path]);
}

function sourcesOf(names: readonly string[], sources: readonly SourceOptions[]) {
  return sources.filter(({ name }) => names.length === 0 || names.includes(name));
}

function mayBeStdout({ problems }: Configured, { kind }: SinkOptions, at: At): boolean {
  const { stream }: SinkKind = SINK_KINDS[kind];
  if (stream === "-") return true;
  problems.add({ ...at, found: `${quote("-")} of kind ${kind}`, wanted: "a path" });
  return false;
}

/** What all sources share has no place of its own where their directories have nothing in common. */
function checkIsOneDirectory(
  { problems }: Configured,
  { where, kind, name }: SinkOptions,
  at: At,
  sources: readonly SourceOptions[],
): void {
  if (where !== undefined || SINK_KINDS[kind].each === "source") return;
  const directories = new Set(sources.map(({ resultsDirectory }) => dirname(resultsDirectory)));
  if (sources.length < 2 || directories.size === 1) return;
  problems.add({
    ...at,
    found: `no place for the sink ${name}, since sources have directories of their own`,
    wanted: "the path of its file",
  });
}

function checkWhatIsThere(
  { problems, settings }: Configured,
  around: Surroundings,
  { kind }: SinkOptions,
  at: At,
  path: string,
): void {
  const stat = statOf(around, path);
  const { directory }: SinkKind = SINK_KINDS[kind];
  if (directory) {
    // What is in a directory is seen when it is opened.
    if (stat?.isFile) {
      problems.add({ ...at, found: `the file ${quote(path)}`, wanted: "a directory" });
    }
  } else if (stat?.isDirectory) {
    problems.add({ ...at, found: `the directory ${quote(path)}`, wanted: "the path of a file" });
  } else if (kind === "sqlite") {
    const wrong = stat && whatIsWrong(resolve(around.directory, path));
    if (!wrong) return;
    problems.add({ ...at, found: `${quote(path)}: ${wrong.found}`, wanted: wrong.wanted });
  } else if (stat?.isFile && !settings.results.overwrite) {
    const found = `the file ${quote(path)}, which is there already`;
    problems.add({ ...at, found, wanted: "another place, or --overwrite, which takes it away" });
  }
}

function listed(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}
