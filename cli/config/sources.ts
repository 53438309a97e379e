/** What an edge reads: sources on the command line, in sections `[source:NAME]`, or the one setting. */

import { join, resolve, sep } from "node:path";
import { timeName } from "../../core/time_name.ts";
import { nameForSource } from "../../edge/capture/source_name.ts";
import { RECORDING_ENDING } from "../../edge/decision_record.ts";
import type { SourceOptions } from "../../edge/options.ts";
import type { Configured } from "./configure.ts";
import { resolveFilter } from "./filter.ts";
import { nameOf, OUT_FLAG } from "./flag.ts";
import type { NamedSection } from "./key.ts";
import { checkNames } from "./names.ts";
import { checkControlPolicy, checkIsNoFile } from "./paths.ts";
import { quote } from "./problems.ts";
import type { KeyPath, Section, Settings } from "./settings.ts";
import { CAMERA_SOURCE, cameraUrl, checkedSource } from "./source.ts";
import { FALLS_TO, type SourceKey } from "./source_keys.ts";
import type { Surroundings } from "./surroundings.ts";
import { resolveZones, zonesOf } from "./zones.ts";

/** The value of the setting that a key of a source falls to. */
type ValueFor<K extends SourceKey> = (typeof FALLS_TO)[K] extends
  readonly [infer S extends Section, infer N] ? N extends keyof Settings[S] ? Settings[S][N]
  : never
  : never;

/** What is read, before it is known how. */
interface Named {
  readonly name: string;
  /** As the user wrote it. */
  readonly source: string;
  /** Where. */
  readonly where: string;
  /** Its own section. */
  readonly section: NamedSection | undefined;
}

/** An edge's sources, and where their results go. */
export interface ResolvedSources {
  /** In the order in which they were written. */
  readonly sources: readonly SourceOptions[];
  /** The directory that is made for this run; absent where each source's is meant as it stands. */
  readonly newDirectory?: string;
}

/** The sections `[source:NAME]` of the file. */
export function sourceSections({ named }: Configured): Configured["named"] {
  return named.filter(({ section }) => section.startsWith("source:"));
}

/** Whether sections say what is read: there are some, and no flag says it for this run. */
function areInSections(configured: Configured): boolean {
  const isFlag = configured.origin(FALLS_TO.file).startsWith("--");
  return sourceSections(configured).length > 0 && !isFlag;
}

/** The control policies that sources use. */
export function policiesInUse(configured: Configured): readonly string[] {
  const each = areInSections(configured)
    ? sourceSections(configured).map(({ section }) => valueFor(configured, section, "policy"))
    : [configured.settings["edge-setting"].control_policy];
  return [...new Set(each)];
}

/**
 * What holds for a source: a flag, which is said for all of them; else what its section gives; else
 * the setting of all.
 */
export function valueFor<K extends SourceKey>(
  configured: Configured,
  section: NamedSection | undefined,
  key: K,
): ValueFor<K> {
  const own = ownItem(configured, section, key);
  const [table, name] = FALLS_TO[key];
  const settings: Readonly<Record<string, unknown>> = configured.settings[table];
  // Both are what one and the same kind made of a text.
  return (own ? own.value : settings[name]) as ValueFor<K>;
}

/** What a source's section gives, where that counts. */
export function ownItem(
  { items, origin }: Configured,
  section: NamedSection | undefined,
  key: SourceKey | "output" | "zones",
): { readonly value: unknown; readonly where: string } | undefined {
  if (section === undefined) return undefined;
  if (
    Object.hasOwn(FALLS_TO, key) && key !== "file" &&
    origin(FALLS_TO[key as SourceKey]).startsWith("--")
  ) {
    return undefined;
  }
  const [item] = items([section, key]);
  return item?.value === undefined ? undefined : item;
}

/**
 * The sources. Adds to the problems what is wrong with them.
 *
 * @param neededBy the command to which it is a problem that there is none; absent: it is none.
 */
export function resolveSources(
  configured: Configured,
  around: Surroundings,
  neededBy: string | undefined,
): ResolvedSources {
  const named = namedSources(configured);
  if (neededBy !== undefined && named.length === 0 && !areInSections(configured)) {
    configured.problems.add({
      where: neededBy,
      found: "nothing to read from",
      wanted: "--file FILE (a video, a folder of images, an image, a URL or a camera's number), " +
        "--rtsp (the camera of [camera-info]), [edge-setting] source or a section " +
        "[source:NAME] in the config",
    });
  }
  checkStdin(configured, named);
  const zones = resolveZones(configured, named.map(({ name }) => name));
  const { base, isNew } = baseDirectory(configured, around, named);
  const sources = named.map((one) => {
    const { section } = one;
    const out = configured.flag(OUT_FLAG) === undefined && section
      ? ownItem(configured, section, "output")
      : undefined;
    if (out) checkIsNoFile(configured, around, out.where, String(out.value));
    const { value: policy, where } = saidOf(configured, section, "policy");
    checkControlPolicy(configured, around, { policy, where });
    const shared = named.length > 1 ? join(base, one.name) : base;
    return {
      ...optionsOf(configured, around, one, out ? String(out.value) : shared),
      zones: zonesOf(one.name, zones, ownZones(configured, section), configured.problems),
    };
  });
  checkDirectories(configured, around, sources, named);
  const { record } = configured.settings["edge-setting"];
  if (record !== undefined) {
    checkIsNoFile(configured, around, configured.origin(["edge-setting", "record"]), record);
  }
  return { sources, ...(isNew ? { newDirectory: base } : {}) };
}

/** What holds for a source, and where it was written. */
function saidOf<K extends SourceKey>(
  configured: Configured,
  section: NamedSection | undefined,
  key: K,
) {
  const where = ownItem(configured, section, key)?.where ?? configured.origin(FALLS_TO[key]);
  return { value: valueFor(configured, section, key), where };
}

/** What there is to read, each with a name of its own. */
function namedSources(configured: Configured): readonly Named[] {
  const path: KeyPath = FALLS_TO.file;
  const given = configured.items(path).filter(({ value }) => value !== undefined);
  const sections = sourceSections(configured);
  if (!areInSections(configured)) {
    const names = new Set<string>();
    return given.map(({ value, where }) => {
      const source = String(value);
      const { "camera-info": camera } = configured.settings;
      const read = source === CAMERA_SOURCE ? cameraUrl(camera) : source;
      return { name: freeName(nameForSource(read), names), source, where, section: undefined };
    });
  }
  if (given[0]) {
    const text = `${given[0].where}: [edge-setting] source has no effect, ` +
      `since sections such as [${sections[0]!.section}] say what is read`;
    if (!configured.notes.some((note) => note.text === text)) {
      configured.notes.push({ level: "warning", text });
    }
  }
  checkNames(sections, configured.problems);
  return sections.flatMap(({ section, where }) => {
    const name = section.slice("source:".length);
    const file = ownItem(configured, section, "file");
    if (file) return [{ name, source: String(file.value), where: file.where, section }];
    const isWrong = configured.keysGiven(section).includes("file") &&
      configured.items([section, "file"]).length === 0; // that is told already
    if (!isWrong) {
      configured.problems.add({
        ...{ where, subject: `[${section}]`, found: "no file" },
        wanted: "file = FILE (a video, a folder of images, an image, a URL or a camera's number)",
      });
    }
    return [];
  });
}

/** A name that no other source has, also where directories are told apart without regard to case. */
function freeName(name: string, names: Set<string>): string {
  let free = name;
  for (let n = 2; names.has(free.toLowerCase()); n++) {
    const behind = `_${n}`;
    free = name.slice(0, 64 - behind.length) + behind;
  }
  names.add(free.toLowerCase());
  return free;
}

/** Standard input is read once. */
function checkStdin({ problems }: Configured, named: readonly Named[]): void {
  const [first, second] = named.filter(({ source }) => source === "-");
  if (!first || !second) return;
  problems.add({ where: second.where, found: '"-" a second time', wanted: "stdin for one source" });
}

/** Where results go: `--out` as it stands, else a directory that is made for this run. */
function baseDirectory(
  configured: Configured,
  around: Surroundings,
  named: readonly Named[],
): { readonly base: string; readonly isNew: boolean } {
  const { directory } = configured.settings.results;
  const out = configured.flag(OUT_FLAG);
  if (out !== undefined) {
    checkIsNoFile(configured, around, nameOf(OUT_FLAG), out);
    return { base: out, isNew: false };
  }
  checkIsNoFile(configured, around, configured.origin(["results", "directory"]), directory);
  const start = timeName(new Date(around.startedAtMs));
  const [first] = named;
  const name = first && named.length === 1 ? `${start}_${first.name}` : start;
  const areAllElsewhere = named.every(({ section }) => ownItem(configured, section, "output"));
  return { base: join(directory, name), isNew: named.length > 0 && !areAllElsewhere };
}

function optionsOf(
  configured: Configured,
  around: Surroundings,
  { name, source, where, section }: Named,
  resultsDirectory: string,
): Omit<SourceOptions, "zones"> {
  const value = <K extends SourceKey>(key: K) => valueFor(configured, section, key);
  const live = value("live");
  const reconnect = value("reconnect");
  const { value: use, where: usedAt } = saidOf(configured, section, "filter");
  const track = value("track");
  return {
    name,
    source: checkedSource(configured, around, { source, where }),
    live: live === "auto" ? undefined : live,
    realtime: value("realtime"),
    loop: value("loop"),
    reconnectsMax: reconnect === "forever" ? Infinity : reconnect,
    stallMs: value("stall_ms"),
    transport: value("transport"),
    hwaccel: value("hwaccel"),
    cameraSize: value("camera_size"),
    cameraFps: value("camera_fps"),
    pixelsMax: configured.settings.security.pixels_max,
    intervalMs: value("interval"),
    framesMax: value("frames"),
    controlPolicy: value("policy"),
    overflow: value("overflow"),
    resultsDirectory,
    track: track === "auto" ? undefined : track,
    ...resolveFilter(configured, around, { use, where: usedAt, mask: value("mask") }),
    images: value("images"),
    events: value("events"),
    clipBytesMax: configured.settings.results.clip_memory_mb * 1_000_000,
    ...recordingOf(configured, name),
  };
}

/** The zones that a source's section names, where it names some. */
export function ownZones(configured: Configured, section: NamedSection | undefined) {
  const own = ownItem(configured, section, "zones");
  // It is what its kind made of a text.
  return own && { names: own.value as readonly string[], where: own.where };
}

/** Where a source's decisions are recorded, if they are. */
function recordingOf({ settings }: Configured, name: string): Pick<SourceOptions, "recording"> {
  const { "edge-setting": { record }, results: { overwrite } } = settings;
  if (record === undefined) return {};
  return { recording: { path: join(record, name + RECORDING_ENDING), overwrite } };
}

/** Finds sources that would write to one directory, or one in the other's. */
function checkDirectories(
  configured: Configured,
  around: Surroundings,
  sources: readonly SourceOptions[],
  named: readonly Named[],
): void {
  const paths = sources.map(({ resultsDirectory }) => resolve(around.directory, resultsDirectory));
  for (const [i, path] of paths.entries()) {
    const other = paths.slice(0, i)
      .findIndex((one) =>
        one === path || (one + sep).startsWith(path + sep) || path.startsWith(one + sep)
      );
    if (other < 0) continue;
    const { section, where } = named[i]!;
    configured.problems.add({
      where: ownItem(configured, section, "output")?.where ?? where,
      found: `results of ${quote(sources[i]!.name)} where those of ` +
        `${quote(sources[other]!.name)} go: ${quote(sources[other]!.resultsDirectory)}`,
      wanted: "a directory for each source",
    });
  }
}
