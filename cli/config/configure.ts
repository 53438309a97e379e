/** All the ways to give a setting, put together: flag > environment > file > default. */

import type { LogLevel } from "../../core/log.ts";
import { CONFIG_FLAG, type Flag, nameOf, type OwnFlag } from "./flag.ts";
import { givenInEnvironment } from "./environment.ts";
import {
  type Given,
  type GivenInFile,
  givenInFile,
  type Note,
  notesOf,
  withNewerNames,
  type WrittenSection,
} from "./given.ts";
import { loadText, type NamedFile } from "./load.ts";
import { Problems, quote } from "./problems.ts";
import { scan } from "./scan.ts";
import { keyAt } from "./settings.ts";
import { checkText, validate, type Validated } from "./validate.ts";

/** What the command line says of the settings. */
export interface GivenOnCommandLine {
  /** The settings that flags give. */
  readonly given: readonly Given[];
  /** Flags that are no settings, as typed: `--config`, `--out` … */
  readonly own: ReadonlyMap<OwnFlag, string>;
  /** Flags that stand there more than once, with all their values. */
  readonly repeated: readonly { readonly flag: Flag; readonly values: readonly string[] }[];
  /** The config file, where it is an argument. */
  readonly file?: NamedFile;
}

/** A command line that says nothing. */
export const NOTHING_GIVEN: GivenOnCommandLine = { given: [], own: new Map(), repeated: [] };

/** Settings that are ready to be resolved into a role's options. */
export interface Configured extends Validated {
  /** The config file that was read, as the user would write it. */
  readonly file: string | undefined;
  /** The value of a flag that is no setting; its default where it was not given, or not rightly. */
  readonly flag: FlagValues;
  /** What is wrong so far; resolving may add to it. */
  readonly problems: Problems;
  /** The sections `[kind:NAME]` of the file. */
  readonly named: readonly WrittenSection[];
  /** To be logged once logging has begun; resolving may add to it. */
  readonly notes: Note[];
}

/** The values of flags that are no settings. */
export interface FlagValues {
  /** Of one that has a default. */
  <T>(flag: OwnFlag<T> & { readonly default: string }): T;
  /** Of one that may be missing. */
  <T>(flag: OwnFlag<T>): T | undefined;
}

/**
 * Reads the config file and puts it together with the environment and the command line. Problems
 * are collected, not thrown: resolving finds more of them, and the user wants all at once.
 */
export function configure(
  commandLine: GivenOnCommandLine,
  environment: Readonly<Record<string, string>>,
  directory: string,
): Configured {
  const problems = new Problems();
  findRepetitions(commandLine.repeated, problems);
  findContradictions(commandLine.given, problems);
  const notes: Note[] = [];
  const flag = checkOwnFlags(commandLine.own, problems);
  const found = loadText(fileNamed(commandLine, problems), environment, directory, problems);
  let fromFile: GivenInFile = { given: [], named: [] };
  if (found) {
    notes.push({ level: "debug", text: `settings are read from ${found.file}` });
    fromFile = givenInFile(scan(found.text, found.file, problems), found.file, problems);
  }
  const { named } = fromFile;
  const fromEnvironment = givenInEnvironment(environment, named.map(({ section }) => section));
  notes.push(...fromEnvironment.notes);
  const layers = [fromFile.given, fromEnvironment.given, commandLine.given]
    .map((layer) => withNewerNames(layer, notes));
  for (const layer of layers) notes.push(...notesOf(layer));
  return { ...validate(layers, problems), named, file: found?.file, flag, problems, notes };
}

/** The file that the command line names, by `--config` or as an argument. */
function fileNamed({ own, file }: GivenOnCommandLine, problems: Problems): NamedFile | undefined {
  const text = own.get(CONFIG_FLAG);
  if (text === undefined) return file;
  if (file) {
    problems.add({ where: file.where, found: "--config as well", wanted: "only one of the two" });
  }
  return file ?? { where: nameOf(CONFIG_FLAG), file: text };
}

function checkOwnFlags(own: ReadonlyMap<OwnFlag, string>, problems: Problems): FlagValues {
  const values = new Map<OwnFlag, unknown>();
  for (const [flag, text] of own) {
    const checked = checkText(flag.kind, { text, where: nameOf(flag) }, problems);
    if (checked) values.set(flag, checked.value);
  }
  return <T>(flag: OwnFlag<T>) => {
    // What is kept for a flag is what its own kind made of the text.
    if (values.has(flag)) return values.get(flag) as T;
    return flag.default === undefined ? undefined : flag.kind.parse(flag.default);
  };
}

/** Flags that take one value and were given several. */
function findRepetitions(repeated: GivenOnCommandLine["repeated"], problems: Problems): void {
  for (const { flag, values } of repeated) {
    const isList = "sets" in flag && "numbered" in keyAt(flag.sets);
    problems.add({
      where: nameOf(flag),
      found: values.map(quote).join(" and "),
      wanted: isList ? "one list, with commas between" : "only one of them",
    });
  }
}

/** Two flags for one setting, such as `--live` and `--no-live`; not those that add to one list. */
function findContradictions(given: readonly Given[], problems: Problems): void {
  const flags = new Map<string, string>();
  for (const { path, where, wholeList } of given) {
    if (wholeList) continue;
    const name = path.join(" ");
    const other = flags.get(name) ?? where;
    if (other !== where) {
      problems.add({ where, found: `${other} as well`, wanted: "only one of the two" });
    }
    flags.set(name, other);
  }
}

/** How much is logged: `quiet` leaves warnings and errors. */
export function logLevelOf({ settings: { telemetry } }: Configured): LogLevel {
  const isTalkative = telemetry.log_level === "debug" || telemetry.log_level === "info";
  return telemetry.quiet && isTalkative ? "warning" : telemetry.log_level;
}
