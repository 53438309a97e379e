/** What a flag is: a setting on the command line, or something that no config file says. */

import type { Kind } from "./kinds.ts";
import { plain } from "./kinds.ts";
import type { KeyPath } from "./settings.ts";

/** A flag that gives a setting. */
export interface SettingFlag {
  /** As help shows it: `-i, --interval <ms>`. */
  readonly term: string;
  /** The setting that it gives. */
  readonly sets: KeyPath;
  /** What it says of that setting by being there, for a flag that takes no value. */
  readonly says?: string;
  /** What help says, where that is not what the table says of the setting. */
  readonly about?: string;
  /** It may be given several times, and so may others for the same setting: each gives one more. */
  readonly several?: true;
}

/** A flag that is no setting, with a value that is checked as a setting's is. */
export interface OwnFlag<T = unknown> {
  /** As help shows it: `--out <dir>`. */
  readonly term: string;
  /** Checks its text and turns it into the value. */
  readonly kind: Kind<T>;
  /** What help says. */
  readonly about: string;
  /** What holds when it is not there, as the user would write it. */
  readonly default?: string;
  /** Nothing goes without it. */
  readonly isRequired?: true;
  /** It may be given several times: its kind, `severalOf`, is given a line for each. */
  readonly several?: true;
}

/** One flag. */
export type Flag = SettingFlag | OwnFlag;

/** `--config`, which every command has. */
export const CONFIG_FLAG: OwnFlag<string> = {
  term: "-c, --config <file>",
  kind: plain("a config file"),
  about: "config file (default: $SMARTEYE_CONFIG, else ./config/config.ini if it is there)",
};

/** `--out` of an edge. */
export const OUT_FLAG: OwnFlag<string> = {
  term: "--out <dir>",
  kind: plain("a directory"),
  about:
    "directory for this run's results, of several sources for one directory each; new or empty " +
    "(default: a new one named by the start time, in [results] directory)",
};

/** Flags of every command. */
export const COMMON_FLAGS: readonly Flag[] = [
  CONFIG_FLAG,
  {
    term: "--json",
    sets: ["telemetry", "json"],
    says: "true",
    about: "print what the command has to say as JSON, alone on stdout",
  },
  { term: "--log-level <level>", sets: ["telemetry", "log_level"] },
  { term: "--quiet", sets: ["telemetry", "quiet"], says: "true" },
];

/** What problems call a flag: `--interval`. */
export function nameOf({ term }: Flag): string {
  return /--[a-z-]+/.exec(term)![0];
}
