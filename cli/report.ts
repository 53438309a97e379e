/** `smarteye report`: writes the page of an edge's run. */

import { join } from "node:path";
import { SmarteyeError } from "../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { isReport, REPORT_FILE } from "../edge/report_page.ts";
import { cannotWrite, writeWhole } from "../edge/sink/write.ts";
import { runsIn } from "../lab/report/run/folder.ts";
import type { RunNumbers } from "../lab/report/run/numbers.ts";
import { runPage } from "../lab/report/run/page.ts";

/** Options of `smarteye report`. */
export interface ReportOptions {
  /** The directory of a run, or of several sources' runs. */
  readonly run: string;
  /** Where the page goes; absent: into that directory. */
  readonly out: string | undefined;
  /** Print the numbers of the page. */
  readonly json: boolean;
}

/** Writes it. @throws {SmarteyeError} where there is no run, or the page cannot be written. */
export async function run(
  { run: directory, out, json }: ReportOptions,
  { print, progress }: Pick<RoleDeps, "print" | "progress">,
): Promise<ExitStatus> {
  const found = await runsIn(directory);
  const report = out ?? join(directory, REPORT_FILE);
  await refuseOthers(report);
  const { html, sources } = await runPage(found, (name) => progress?.(`reading ${name}`));
  await writeWhole(report, new TextEncoder().encode(html));
  print(json ? JSON.stringify({ report, sources }) : told(report, sources));
  return 0;
}

/** A file of somebody else's stays as it is. */
async function refuseOthers(path: string): Promise<void> {
  try {
    if (await isReport(path)) return;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    throw cannotWrite(path, cause);
  }
  throw new SmarteyeError(
    "already_in_use",
    `Cannot write "${path}": there is a file that is no report of a run, another --out is wanted`,
  );
}

/** In a line each: where it is, and what was in it. */
function told(report: string, sources: readonly RunNumbers[]): string {
  const lines = sources.map(({ source, frames, events, whole, notes }) => {
    const [all, inferred] = [frames.captured, frames.local + frames.cloud];
    const state = whole ? "" : ", without a summary: as far as its results go";
    const bad = whole && notes.length > 0 ? `; ${notes.join(" ")}` : "";
    return `${source}: ${all} frames, ${inferred} inferred, ${events.count} events${state}${bad}`;
  });
  return [...lines, `the report is ${report}`].join("\n");
}
