/** What a study has come to, as files, as a table, and for a program. */

import { join } from "node:path";
import { writeWhole } from "../../edge/sink/write.ts";
import { reportHtml } from "../../lab/report/report.ts";
import { shardFile, studyText } from "../../lab/study/study_files.ts";
import type { Result, Study } from "../../lab/study/study.ts";
import { byteSize, table } from "../table.ts";

/** What the report of a study is called, beside it. */
export const REPORT_FILE = "report.html";

/** Where a study is told. */
export interface Telling {
  /** Directory for its files, if any. */
  readonly out: string | undefined;
  /** Print the study itself. */
  readonly json: boolean;
  /** To stdout. */
  readonly print: (text: string) => void;
}

/** Tells it. @throws {SmarteyeError} when its files cannot be written. */
export async function tellStudy(study: Study, { out, json, print }: Telling): Promise<void> {
  const text = studyText(study);
  if (out !== undefined) {
    await Deno.mkdir(out, { recursive: true });
    await writeWhole(join(out, shardFile(study.shard)), new TextEncoder().encode(text));
    if (study.shard.count === 1) await writeReport(study, join(out, REPORT_FILE));
  }
  print(json ? text.trimEnd() : studyTable(study));
}

/** Writes the report of a study. @throws {SmarteyeError} when it cannot be written. */
export async function writeReport(study: Study, path: string): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(reportHtml(study)));
}

/** Every policy on every video and network, and what nobody should miss. */
export function studyTable({ cells }: Study): string {
  const rows = cells.flatMap(({ video, network, results }) =>
    results.map((result, i) => [i === 0 ? video : "", i === 0 ? network : "", ...cellsOf(result)])
  );
  return table([
    ["video", "left"],
    ["network", "left"],
    ["policy", "left"],
    ["F1", "right"],
    ["95 %", "right"],
    ["of best", "right"],
    ["streaming", "right"],
    ["missed", "right"],
    ["p50 ms", "right"],
    ["p95 ms", "right"],
    ["p99 ms", "right"],
    ["here/cloud/filtered", "right"],
    ["sent", "right"],
    ["server s", "right"],
  ], rows);
}

function cellsOf({ policy, detail, accuracy, shareOfBound, score }: Result): string[] {
  const name = detail === "" ? policy : `${policy} (${detail})`;
  const share = shareOfBound === null ? "" : percent(shareOfBound);
  if (!score) return [name, accuracy.toFixed(3), "", share, ...Array(8).fill("")];
  const { accuracy: { low, high }, streaming, misses, frames, latencyMs, bytesUp } = score;
  const ms = (value: number | undefined) => value === undefined ? "–" : value.toFixed(0);
  return [
    name,
    accuracy.toFixed(3),
    `${low.toFixed(3)}–${high.toFixed(3)}`,
    share,
    streaming.mean.toFixed(3),
    percent(misses / frames.captured),
    ms(latencyMs?.p50),
    ms(latencyMs?.p95),
    ms(latencyMs?.p99),
    `${frames.here}/${frames.cloud}/${frames.filtered}`,
    byteSize(bytesUp),
    score.serverSeconds.toFixed(1),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
