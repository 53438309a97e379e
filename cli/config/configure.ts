/** All the ways to give a setting, put together: flag > environment > file > default. */

import type { LogLevel } from "../../core/log.ts";
import { type Given, givenInEnvironment, givenInFile, type Note, notesOf } from "./given.ts";
import { loadText } from "./load.ts";
import { Problems } from "./problems.ts";
import { scan } from "./scan.ts";
import { validate, type Validated } from "./validate.ts";

/** What the command line says of the settings. */
export interface GivenOnCommandLine {
  /** The settings that flags give. */
  readonly given: readonly Given[];
  /** Flags that are no settings, as typed: `--config`, `--out` … */
  readonly typed: ReadonlyMap<string, string>;
}

/** Settings that are ready to be resolved into a role's options. */
export interface Configured extends Validated {
  /** Flags that are no settings, as typed: `--out` … */
  readonly typed: ReadonlyMap<string, string>;
  /** What is wrong so far; resolving may add to it. */
  readonly problems: Problems;
  /** To be logged once logging has begun. */
  readonly notes: readonly Note[];
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
  findContradictions(commandLine.given, problems);
  const notes: Note[] = [];
  const found = loadText(commandLine.typed.get("--config"), environment, directory, problems);
  let fromFile: Given[] = [];
  if (found) {
    notes.push({ level: "debug", text: `settings are read from ${found.file}` });
    fromFile = givenInFile(scan(found.text, found.file, problems), found.file, problems);
  }
  const fromEnvironment = givenInEnvironment(environment);
  notes.push(...fromEnvironment.notes);
  const layers = [fromFile, fromEnvironment.given, commandLine.given];
  for (const layer of layers) notes.push(...notesOf(layer));
  return { ...validate(layers, problems), typed: commandLine.typed, problems, notes };
}

/** Two flags for one setting, such as `--file` and `--rtsp`. */
function findContradictions(given: readonly Given[], problems: Problems): void {
  const flags = new Map<string, string>();
  for (const { path, where } of given) {
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
