/** Flags: what the command line may say, and which setting each of them gives. */

import { type Command, Option } from "commander";
import type { GivenOnCommandLine } from "./config/configure.ts";
import type { Given } from "./config/given.ts";
import { keyAt, type KeyPath } from "./config/schema.ts";

/** One flag. */
export interface Flag {
  /** As help shows it: `-i, --interval <ms>`. */
  readonly term: string;
  /** The setting that it gives; absent where it is no setting (`--config`, `--out`). */
  readonly sets?: KeyPath;
  /** What it says of that setting by being there, for a flag that takes no value. */
  readonly says?: string;
  /** What help says, where that is not what the table says of the setting. */
  readonly about?: string;
}

/** Flags of every command. */
export const COMMON_FLAGS: readonly Flag[] = [
  {
    term: "-c, --config <file>",
    about: "config file (default: $SMARTEYE_CONFIG, else ./config/config.ini if it is there)",
  },
  {
    term: "--json",
    sets: ["telemetry", "json"],
    says: "true",
    about: "print what the command has to say as JSON, alone on stdout",
  },
  { term: "--log-level <level>", sets: ["telemetry", "log_level"] },
  { term: "--quiet", sets: ["telemetry", "quiet"], says: "true" },
];

/** Adds flags to a command, with help from the table of settings. */
export function addFlags(command: Command, flags: readonly Flag[]): void {
  for (const flag of flags) command.addOption(new Option(flag.term, helpOf(flag)));
}

function helpOf({ sets, says, about }: Flag): string {
  if (!sets) return about ?? "";
  const key = keyAt(sets);
  const byDefault = "numbered" in key ? key.default.join(",") : key.default;
  const isTold = says === undefined && byDefault !== "";
  return (about ?? key.about) + (isTold ? ` (default: ${byDefault})` : "");
}

/** What the flags of a parsed command, and those before the command's name, give. */
export function readFlags(command: Command, flags: readonly Flag[]): GivenOnCommandLine {
  const typed = new Map<string, string>();
  const given: Given[] = [];
  for (const flag of flags) {
    const option = new Option(flag.term);
    const value = valueOf(command, option.attributeName());
    if (value === undefined) continue;
    const where = option.long!;
    if (flag.sets) given.push(...givenBy(flag.sets, flag.says ?? String(value), where));
    else typed.set(where, String(value));
  }
  return { given, typed };
}

/** The nearest value that the user typed: commander itself sets some (`--no-…`). */
function valueOf(command: Command, name: string): unknown {
  for (let at: Command | null = command; at; at = at.parent) {
    if (at.getOptionValueSource(name) === "cli") return at.getOptionValue(name);
  }
  return undefined;
}

function givenBy(path: KeyPath, text: string, where: string): Given[] {
  if (!("numbered" in keyAt(path))) return [{ path, number: 0, text, where }];
  return text.split(",").map((part, number) => ({
    path,
    number,
    text: part.trim(),
    where,
    wholeList: true,
  }));
}
