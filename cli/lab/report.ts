/** `smarteye lab report`: writes the report of a study. */

import { dirname, join } from "node:path";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { readStudy, STUDY_FILE } from "../../lab/study/study_files.ts";
import { REPORT_FILE, studyTable, writeReport } from "./tell_study.ts";

/** Options of `smarteye lab report`. */
export interface LabReportOptions {
  /** A study's file, or the directory that has one. */
  readonly study: string;
  /** Where the report goes; absent: beside the study. */
  readonly out: string | undefined;
  /** Print where the report is, not a table. */
  readonly json: boolean;
}

/** Writes it. @throws {SmarteyeError} when the study cannot be read, or the report not written. */
export async function run(
  { study: path, out, json }: LabReportOptions,
  { print }: Pick<RoleDeps, "print">,
): Promise<ExitStatus> {
  const file = await isDirectory(path) ? join(path, STUDY_FILE) : path;
  const study = await readStudy(file);
  const report = out ?? join(dirname(file), REPORT_FILE);
  await writeReport(study, report);
  print(json ? JSON.stringify({ report }) : studyTable(study));
  return 0;
}

/** What is not there is none: whoever reads it says so. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
