/** What a study has come to, as files, as a table, and for a program. */

import { join } from "node:path";
import { writeWhole } from "../../edge/sink/write.ts";
import { reportHtml } from "../../lab/report/report.ts";
import { shardFile, studyText } from "../../lab/study/study_files.ts";
import type { Result, Study } from "../../lab/study/study.ts";
import { CONTROL_POLICIES } from "../../policies/registry.ts";
import { summariesOf } from "../../lab/study/summary.ts";
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
  print(
    json ? text.trimEnd() : [studyTable(study), summaryTable(study), ...notesOn(study)].join("\n"),
  );
}

/** Writes the report of a study. @throws {SmarteyeError} when it cannot be written. */
export async function writeReport(study: Study, path: string): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(reportHtml(study, notesOn(study))));
}

/** On what the constants of policies were chosen, and whether any of that is in the study. */
function notesOn({ plan, cells }: Study): readonly string[] {
  return plan.policies.flatMap(({ name }) => {
    const chosenOn = Object.hasOwn(CONTROL_POLICIES, name) && CONTROL_POLICIES[name]!.chosenOn;
    if (!chosenOn) return [];
    const [videos, networks] = [chosenOn.videos.join(", "), chosenOn.networks.join(", ")];
    const seen = new Set(cells.flatMap(({ video, network }) => [
      ...chosenOn.videos.includes(video) ? [video] : [],
      ...chosenOn.networks.includes(network) ? [network] : [],
    ]));
    const here = seen.size === 0
      ? "none of them is in this study"
      : `of these, ${[...seen].join(", ")} ${seen.size === 1 ? "is" : "are"} in this study`;
    return [`The constants of ${name} were chosen on ${videos} over ${networks}: ${here}.`];
  });
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

/** Each policy over all videos and networks. */
function summaryTable(study: Study): string {
  const rows = summariesOf(study).map((summary) => {
    const { policy, accuracy, shareOfBound, worstVersusStatic, missed, bytesUp } = summary;
    return [
      policy,
      accuracy.toFixed(3),
      shareOfBound ? percent(shareOfBound.mean) : "",
      shareOfBound ? percent(shareOfBound.least) : "",
      worstVersusStatic === null ? "" : worstVersusStatic.toFixed(3),
      missed ? percent(missed.mean) : "",
      missed ? percent(missed.most) : "",
      bytesUp === null ? "" : byteSize(bytesUp),
    ];
  });
  return table([
    ["over all", "left"],
    ["F1", "right"],
    ["of best", "right"],
    ["least", "right"],
    ["worst against best static", "right"],
    ["missed", "right"],
    ["most", "right"],
    ["sent", "right"],
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
