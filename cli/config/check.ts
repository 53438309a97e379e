/** `smarteye config check`: the settings as the roles would take them, for people or for a program. */

import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { table } from "../table.ts";
import type { ConfigReport, ReportedItem, ReportedValue } from "./report.ts";

/** Options of `smarteye config check`. */
export interface CheckOptions {
  /** What is shown. */
  readonly report: ConfigReport;
  /** Print one JSON object, not a table. */
  readonly json: boolean;
}

/** Prints the settings, of which none is wrong: else the program has ended before. */
export function run({ report, json }: CheckOptions, { print }: RoleDeps): Promise<ExitStatus> {
  print(json ? JSON.stringify(report) : reportText(report));
  return Promise.resolve(0);
}

function reportText({ file, settings }: ConfigReport): string {
  const rows = Object.entries(settings).flatMap(([section, keys]) =>
    Object.entries(keys).flatMap(([name, reported]) => rowsOf(name, reported))
      .map(([name, value, from], i) => [i === 0 ? section : "", name, value, from])
  );
  return [
    file === null ? "no config file is read: nobody names one, and there is none" : file,
    table([["section", "left"], ["key", "left"], ["value", "left"], ["from", "left"]], rows),
    "nothing is wrong with these settings",
  ].join("\n");
}

type Row = readonly [name: string, value: string, from: string];

function rowsOf(name: string, reported: ReportedValue | readonly ReportedItem[]): readonly Row[] {
  if (!isList(reported)) return [[name, valueText(reported), reported.from]];
  if (reported.length === 0) return [[name, "–", "default"]];
  return reported.map((item) => [
    name.replace("<N>", String(item.number)),
    valueText(item),
    item.from,
  ]);
}

/** `Array.isArray` does not tell a read-only list from an object. */
function isList<T>(value: T | readonly ReportedItem[]): value is readonly ReportedItem[] {
  return Array.isArray(value);
}

function valueText({ value, used, retired, unchecked }: ReportedValue): string {
  const remark = retired ? " (has no effect)" : unchecked ? " (checked when it is used)" : "";
  const text = value === null ? "–" : String(value) + remark;
  return used === undefined || used === null ? text : `${text} → ${used}`;
}
