/** One video on one network: what each policy achieved, in numbers and over time. */

import type { Result } from "../study/study.ts";
import { count } from "./head.ts";
import { type Html, html } from "./html.ts";
import { latencyPlot } from "./latency.ts";
import { figure, policyLegend, type Styles, timelineLegend } from "./legend.ts";
import { bytes, f1, milliseconds, percent, significant } from "./numbers.ts";
import { isBound } from "./overview.ts";
import { resultIn, type StudyCell } from "./summary.ts";
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
  const timelines = shown.flatMap(({ result: { policy, detail, timeline }, style }, i) => {
    if (!timeline) return [];
    const title = `What became of frames under ${policy} on ${place}, over time`;
    const svg = framesPlot(`frames-${at}-${i}`, title, timeline, style, scale);
    return [figure(svg, policy, detail === "" ? "" : `, ${detail}`)];
  });
  const accuracy = accuracyPlot(
    `accuracy-${at}`,
    `F1 of each policy on ${place}, over time`,
    shown,
    scale,
  );
  return html`
    <section class="cell" id="cell-${at}">
      <details${isOpen
        ? html`
          open
        `
        : undefined}><summary>${place}</summary>
    ${table(place, results)}
    ${results.map(offGridNote)}${policyLegend(results.map(({ policy }) => policy), styles)}
    <div class="plots two">
    ${figure(accuracy, "Accuracy over time")}${latency === undefined
      ? undefined
      : figure(latency, "Latency", " of frames to infer")}</div>
    ${timelineLegend()}<div class="plots">
    ${timelines}</div>
    </details>
    </section>
  `;
}

function table(place: string, results: readonly Result[]): Html {
  const heads = [
    ...["F1", "95 % interval", "of bound", "streaming F1", "95 % interval", "missed"],
    ...["p50, ms", "p95, ms", "p99, ms", "here", "cloud", "filtered", "dropped", "failed"],
    ...["fallbacks", "sent", "server, s"],
  ];
  const rows = results.map((result) =>
    html`<tr${isBound(result.policy)}><th scope="row">${result.policy}${
      result.detail === "" ? undefined : html`<span class="detail">${result.detail}</span>`
    }</th>${valuesOf(result, heads.length).map((value) => html`<td>${value}</td>`)}</tr>\n`
  );
  return html`
    <div class="wide" role="region" aria-label="${place}" tabindex="0">
      <table>
        <thead>
          <tr><th scope="col">policy</th>${heads.map((head) =>
            html`<th scope="col">${head}</th>`
          )}</tr>
        </thead>
        <tbody>
    ${rows}</tbody>
      </table>
    </div>
  `;
}

function valuesOf({ accuracy, shareOfBound, score }: Result, length: number): readonly string[] {
  const share = shareOfBound === null ? "" : percent(shareOfBound);
  if (!score) return [f1(accuracy), "", share, ...Array<string>(length - 3).fill("")];
  const { frames, latencyMs, streaming } = score;
  const interval = ({ low, high }: typeof streaming) => `${f1(low)}–${f1(high)}`;
  return [
    ...[f1(accuracy), interval(score.accuracy), share, f1(streaming.mean), interval(streaming)],
    percent(score.misses / Math.max(1, frames.captured)),
    ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99].map(milliseconds),
    ...[frames.here, frames.cloud, frames.filtered, frames.dropped, frames.failed].map(String),
    ...[String(score.fallbacks), bytes(score.bytesUp), significant(score.serverSeconds)],
  ];
}

function offGridNote({ policy, offGrid, score }: Result): Html | undefined {
  if (offGrid === 0 || !score) return undefined;
  return html`
    <p
      class="note"><b>${policy}</b> sent ${count(offGrid, "frame", "frames")} of ${score.frames
        .captured} in sizes or qualities that were not profiled: their findings are those of the nearest that were, their bytes are interpolated.</p>\\n
  `;
}
