/** One video on one network: what each policy achieved, in numbers and over time. */

import { ORACLE, type Result } from "../study/study.ts";
import { count } from "./head.ts";
import { type Html, markup } from "./html.ts";
import { latencyPlot } from "./latency.ts";
import { figure, policyLegend, type Styles, timelineLegend } from "./legend.ts";
import { bytes, f1, interval, milliseconds, percent, significant } from "./numbers.ts";
import { resultIn, type StudyCell } from "./summary.ts";
import { type TableCell, tableOf, twoLines } from "./table.ts";
import { accuracyPlot, framesPlot, timeScale } from "./timeline.ts";

/** What is told of a cell. */
export function cellOf(
  cell: StudyCell,
  policies: readonly string[],
  styles: Styles,
  { deadlineMs, isOpen }: { readonly deadlineMs: number; readonly isOpen: boolean },
): Html {
  const { at, video, network } = cell;
  const place = `${video} over ${network}`;
  const shown = policies.flatMap((policy) => {
    const result = resultIn(cell, policy);
    return result ? [{ result, style: styles.get(policy)! }] : [];
  });
  const results = shown.map(({ result }) => result);
  const scale = timeScale(cell);
  const latency = latencyPlot(
    `latency-${at}`,
    `Share of frames that had a result within a time, for each policy on ${place}`,
    shown.map(({ result, style }) => ({ style, results: [result] })),
    deadlineMs,
  );
  const timelines = shown.flatMap(({ result: { policy, detail, timeline } }, i) => {
    if (!timeline) return [];
    const title = `What became of frames under ${policy} on ${place}, over time`;
    const svg = framesPlot(`frames-${at}-${i}`, title, timeline, scale);
    return [figure(svg, policy, detail === "" ? "" : `, ${detail}`)];
  });
  const accuracy = accuracyPlot(
    `accuracy-${at}`,
    `F1 of each policy on ${place}, over time`,
    shown,
    scale,
  );
  return markup`<section class="cell" id="cell-${at}">
<details${isOpen ? markup` open` : undefined}><summary>${place}</summary>
${table(cell, place, results)}${offGridNote(results)}${
    policyLegend(results.map(({ policy }) => policy), styles)
  }<div class="plots two">
${figure(accuracy, "Accuracy over time")}${
    latency === undefined ? undefined : figure(latency, "Latency", " of frames to infer")
  }</div>
${timelineLegend()}<div class="plots">
${timelines}</div>
</details>
</section>
`;
}

function table({ at }: StudyCell, place: string, results: readonly Result[]): Html {
  const heads = [
    ...["F1", "of bound", "streaming F1", "missed", "p50, ms", "p95, ms", "p99, ms"],
    ...["here", "cloud", "filtered", "dropped", "failed", "fallbacks", "sent", "server, s"],
  ];
  const rows = results.map((result) => ({
    names: [twoLines(result.policy, result.detail).content],
    values: valuesOf(result, heads.length),
    isBound: result.policy === ORACLE,
  }));
  const caption = `Each policy on ${place}; 95 % intervals below means.`;
  return tableOf(`table-${at}`, { caption, names: ["policy"], heads, rows });
}

function valuesOf(
  { accuracy, shareOfBound, score }: Result,
  length: number,
): readonly (string | TableCell)[] {
  const share = shareOfBound === null ? "" : percent(shareOfBound);
  if (!score) return [f1(accuracy), share, ...Array<string>(length - 2).fill("")];
  const { frames, latencyMs, streaming } = score;
  return [
    twoLines(f1(accuracy), interval(score.accuracy)),
    share,
    twoLines(f1(streaming.mean), interval(streaming)),
    percent(score.misses / Math.max(1, frames.captured)),
    ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99].map(milliseconds),
    ...[frames.here, frames.cloud, frames.filtered, frames.dropped, frames.failed].map(String),
    ...[String(score.fallbacks), bytes(score.bytesUp), significant(score.serverSeconds)],
  ];
}

function offGridNote(results: readonly Result[]): Html | undefined {
  const off = results.filter(({ offGrid, score }) => offGrid > 0 && score).map((result, i) =>
    markup`${i === 0 ? "" : ", "}<b>${result.policy}</b> ${
      count(result.offGrid, "frame", "frames")
    } of ${result.score!.frames.captured}`
  );
  if (off.length === 0) return undefined;
  return markup`<p class="note">Sent in sizes or qualities that were not profiled: ${off}. Their
findings are those of the nearest that were, their bytes are interpolated.</p>
`;
}
