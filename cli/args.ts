/** Flags: from a parsed command line to what it gives. */

import { type Command, Option } from "commander";
import { SmarteyeError } from "../core/errors.ts";
import type { GivenOnCommandLine } from "./config/configure.ts";
import { type Flag, nameOf, type OwnFlag, type SettingFlag } from "./config/flag.ts";
import type { Given } from "./config/given.ts";
import { quote } from "./config/problems.ts";
import { keyAt, type KeyPath } from "./config/settings.ts";

/** What was typed of each option. Commander alone keeps the last value, also of `--x` and `--no-x`. */
const TYPED = new WeakMap<Option, string[]>();

/** Adds flags to a command, with help from the table of settings. */
export function addFlags(command: Command, flags: readonly Flag[]): void {
  for (const flag of flags) {
    const option = new Option(flag.term, helpOf(flag));
    const typed: string[] = [];
    TYPED.set(option, typed);
    command.addOption(option);
    command.on(`option:${option.name()}`, (text: string | null | undefined) => {
      if (option.required && /^--?[a-z]/i.test(text!)) {
        command.error(`error: option '${flag.term}' argument missing before '${text}'`);
      }
      typed.push(text ?? "true");
    });
  }
}

function helpOf(flag: Flag): string {
  const byDefault = defaultOf(flag);
  const about = flag.about ?? ("sets" in flag ? keyAt(flag.sets).about : "");
  return about + (byDefault ? ` (default: ${byDefault})` : "");
}

function defaultOf(flag: Flag): string | undefined {
  if (!("sets" in flag)) return flag.default;
  if (flag.says !== undefined) return undefined;
  const key = keyAt(flag.sets);
  return "numbered" in key ? key.default.join(",") : key.default;
}

/** What the flags of a parsed command, and those before the command's name, give. */
export function readFlags(command: Command, flags: readonly Flag[]): GivenOnCommandLine {
  const own = new Map<OwnFlag, string>();
  const given: Given[] = [];
  const repeated: GivenOnCommandLine["repeated"][number][] = [];
  for (const flag of flags) {
    const values = valuesOf(command, flag);
    const last = values.at(-1) ?? ("isRequired" in flag ? "" : undefined);
    if (last === undefined) continue;
    if ("sets" in flag && flag.several) given.push(...oneMore(flag, values, given));
    else {
      if (flag.term.includes("<") && values.length > 1 && !flag.several) {
        repeated.push({ flag, values });
      }
      if ("sets" in flag) given.push(...givenBy(flag.sets, flag.says ?? last, nameOf(flag)));
      else own.set(flag, flag.several ? values.join("\n") : last);
    }
  }
  return { given, own, repeated };
}

/** What the user typed, in that order: before a command's name, then behind it. */
function valuesOf(command: Command, flag: Flag): readonly string[] {
  const values: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) {
    const option = at.options.find(({ long }) => long === nameOf(flag));
    values.unshift(...(option && TYPED.get(option)) ?? []);
  }
  return values;
}

/** Of a flag that may be given several times: its values behind those of others for the setting. */
function oneMore(
  flag: SettingFlag,
  values: readonly string[],
  before: readonly Given[],
): Given[] {
  const { sets: path, says } = flag;
  const first = before.filter(({ path: other }) => other.join() === path.join()).length;
  return values.map((text, n) => ({
    ...{ path, number: first + n, where: nameOf(flag), wholeList: true },
    text: says ?? text,
  }));
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

/** What the user types to get to a command: `smarteye models list`. */
export function fullName(command: Command): string {
  const names = [command.name()];
  for (let at = command.parent; at; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

/**
 * Refuses arguments that a command does not take.
 *
 * @param meantFlag the flag that an argument is meant for: `-f`.
 * @throws {SmarteyeError} `invalid_argument` when there is one.
 */
export function refuseStray(command: Command, meantFlag: string | undefined): void {
  const taken = command.registeredArguments;
  if (taken.some(({ variadic }) => variadic)) return;
  const stray = command.args[taken.length];
  if (stray === undefined) return;
  const names = taken.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
  );
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot use the argument ${quote(stray)}: "${fullName(command)}" takes ` +
      `${names.join(" ") || "none"}, ${wantedInstead(command, stray, meantFlag)}`,
  );
}

function wantedInstead(command: Command, stray: string, meantFlag: string | undefined): string {
  if (meantFlag === undefined) {
    return `its flags are wanted ("${fullName(command)} --help" tells them; ` +
      `a value with spaces in it wants quotes)`;
  }
  const option = command.options.find(({ short }) => short === meantFlag)!;
  if (TYPED.get(option)!.length === 0) {
    return `${meantFlag} ${/\s/.test(stray) ? quote(stray) : quote(stray).slice(1, -1)} is wanted`;
  }
  return `${meantFlag} before each is wanted (in quotes, a value with spaces or a pattern such as *.jpg)`;
}
