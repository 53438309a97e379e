/** A comparison as a page: one HTML file that needs nothing else, and can be read without scripts. */

import { ENDINGS, glossaryOf } from "../report/glossary.ts";
import { Html, markup } from "../report/html.ts";
import { figure, policyLegend, type Styles, stylesOf, timelineLegend } from "../report/legend.ts";
import { bytes, f1, interval, milliseconds, NOTHING, percent } from "../report/numbers.ts";
import { STYLE } from "../report/style.ts";
import { breakable, type TableCell, tableOf, twoLines } from "../report/table.ts";
import {
  type Comparison,
  type ComparisonHead,
  type ContestantResult,
  notesOn,
} from "./comparison.ts";
import { comparisonPlots, framesPlots, type Shown } from "./plots.ts";
import { type PictureRow, sideBySide } from "./side_by_side.ts";

/** What the page has beside the style of reports. */
const FRAMES_STYLE = `
.row{margin:1.2rem 0 2rem;break-inside:avoid}
.row h3{margin:0 0 .5rem}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));
gap:.9rem 1rem}
.pictures.two{grid-template-columns:repeat(auto-fill,minmax(min(100%,28rem),1fr))}
.pictures figure{display:flex;flex-direction:column}
.pictures img{display:block;width:100%;height:auto;border-radius:4px;background:var(--soft)}
.pictures figcaption{margin:.3rem 0 0;line-height:1.4}
.pictures figcaption svg{display:inline;width:34px;height:14px;vertical-align:-2px;margin-right:.4rem}
.pictures .true img{outline:2px solid var(--ink);outline-offset:-2px}
.missed{color:var(--missed)}
@media print{.pictures,.pictures.two{grid-template-columns:repeat(3,1fr);gap:.4rem .6rem}.row{margin:.6rem 0 1rem}
#frames{break-before:page}}
`;

/**
 * The page of a comparison. The same comparison and pictures come to the same, byte for byte.
 *
 * @param shown those contestants of it that were played to their end.
 * @param pictures frames on which they differ, in order of time.
 */
export function comparisonHtml(
  comparison: Comparison,
  shown: readonly Shown[],
  pictures: readonly PictureRow[],
): string {
  const styles = stylesOf(comparison.contestants.map(({ name }) => name));
  const { video } = comparison;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="smarteye compare">
<title>${
    comparison.contestants.map(({ name }) => name).join(", ")
  } compared on ${video.name}</title>
<style>${new Html(STYLE + FRAMES_STYLE)}</style>
</head>
<body>
${headOf(comparison)}<main>
${overviewOf(comparison, shown, styles)}${overTime(comparison, shown)}${
    sideBySide(comparison, pictures, styles)
  }${glossary(comparison)}</main>
</body>
</html>
`.text;
}

function headOf(comparison: Comparison): Html {
  const { video, network, forwarder, deadlineMs, intervalMs, seed, truth } = comparison;
  const { contestants, began, smarteye } = comparison;
  const failed = contestants.filter(({ failure }) => failure !== null);
  const seconds = (video.frames / video.fps).toFixed(1);
  const rows: [string, string][] = [
    [
      "Video",
      `${video.frames} frames, ${video.width}×${video.height}, ${Number(video.fps.toFixed(2))} ` +
      `frames/s, ${seconds} s` + (intervalMs > 0 ? `, a frame every ${intervalMs} ms` : ""),
    ],
    ["Link", network === null ? "as it was" : `${network}, emulated`],
    ["Cloud", forwarder ?? "a forwarder and a server on the same machine as the edge"],
    [
      "Taken for true",
      truth.kind === "model" ? `what ${truth.model} finds in whole frames` : truth.file,
    ],
    ["What was there", thingsIn(comparison)],
    ["Seed", String(seed)],
    ["Played", `${began.replace("T", " ").replace(/\.\d+Z$/, " UTC")}, smarteye ${smarteye}`],
  ];
  const how = contestants.length === 1 ? "Played" : "Each was played";
  return markup`<header>
<h1>Compared on ${video.name}</h1>
<p>${how} in real time by a real edge, one after the other. A result is of use for
<b>${deadlineMs} ms</b>.</p>
${
    failed.map(({ name, failure }) =>
      markup`<p class="note"><b>${name}</b> could not be played to its end: ${failure ?? ""}</p>\n`
    )
  }${notesOn(comparison).map((note) => markup`<p class="note">${note}</p>\n`)}<dl>
${rows.map(([what, value]) => markup`<dt>${what}</dt><dd>${value}</dd>\n`)}</dl>
</header>
`;
}

/** Labels may be eighty: those that were there are told, the most frequent first. */
function thingsIn({ labels, things, video }: Comparison): string {
  const found = Object.entries(things).sort(([, a], [, b]) => b - a);
  const told = found.map(([label, n]) => `${label} ${(n / video.frames).toFixed(2)}`).join(", ");
  const none = labels.filter((label) => !Object.hasOwn(things, label));
  const counts = none.length === 0
    ? ""
    : none.length > NONE_MAX
    ? `; and none of ${none.length} more labels that count`
    : `; no ${none.join(", ")}`;
  return found.length === 0
    ? `nothing of what counts: ${labels.join(", ")}`
    : `in a frame, on average: ${told}${counts}`;
}

/** Labels of what was not there that are named, at most. */
const NONE_MAX = 8;

function overviewOf(comparison: Comparison, shown: readonly Shown[], styles: Styles): Html {
  const plots = comparisonPlots(comparison, shown, styles);
  return markup`<section id="overview">
<h2>Overview</h2>
${summaryTable(comparison)}${
    policyLegend(shown.map(({ name }) => name), styles)
  }<div class="plots two">
${
    figure(
      plots.accuracyBytes,
      "Accuracy against bytes sent",
      ". F1 at the deadline, with its 95 % interval.",
    )
  }${
    plots.latency === undefined ? undefined : figure(
      plots.latency,
      "Latency",
      ". Frames to infer that had a result within a time; a curve that ends below 1 has frames " +
        "without any.",
    )
  }${figure(plots.accuracyTime, "Accuracy over time", ". Mean F1 at the deadline.")}${
    plots.latencyTime === undefined
      ? undefined
      : figure(plots.latencyTime, "Latency over time", ". Medians, where there were results.")
  }</div>
</section>
`;
}

function summaryTable({ contestants }: Comparison): Html {
  const heads = [
    ...["F1", "streaming F1", "missed", "p50, ms", "p95, ms", "p99, ms"],
    ...["here", "cloud", "filtered", "dropped", "failed", "fallbacks", "sent", "sent a frame"],
  ];
  const best = Math.max(...contestants.map(({ result }) => result?.accuracy ?? 0));
  const rows = contestants.map((one) => ({
    names: [nameCell(one)],
    values: valuesOf(one, heads.length, best),
  }));
  const caption = "Each contestant, with 95 % intervals below means; the best F1 is bold.";
  return tableOf("summary", { caption, names: ["contestant"], heads, rows });
}

/** A name, and below it which models inferred. */
function nameCell({ name, models }: ContestantResult): Html {
  const told = Object.entries(models).sort(([, a], [, b]) => b - a)
    .map(([model, frames]) => `${model} ${frames}`).join(", ");
  return markup`${breakable(name)}<span class="detail">${told}</span>`;
}

function valuesOf(
  { result }: ContestantResult,
  length: number,
  best: number,
): readonly (string | TableCell)[] {
  const score = result?.score;
  if (!score) return Array<string>(length).fill(NOTHING);
  const { accuracy, streaming, frames, misses, fallbacks, latencyMs, bytesUp } = score;
  const captured = Math.max(1, frames.captured);
  const mean = twoLines(f1(accuracy.mean), interval(accuracy));
  return [
    accuracy.mean === best ? { ...mean, attributes: markup` class="best"` } : mean,
    twoLines(f1(streaming.mean), interval(streaming)),
    percent(misses / captured),
    ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99].map(milliseconds),
    ...[frames.here, frames.cloud, frames.filtered, frames.dropped, frames.failed].map(String),
    ...[String(fallbacks), bytes(bytesUp), bytes(bytesUp / captured)],
  ];
}

function overTime(head: ComparisonHead, shown: readonly Shown[]): Html {
  const plots = framesPlots(head, shown).map(({ name, svg }) => figure(svg, name));
  return markup`<section id="time">
<h2>What became of frames</h2>
${timelineLegend(head.uplink.length > 0)}<div class="plots">
${plots}</div>
</section>
`;
}

function glossary({ deadlineMs }: Comparison): Html {
  return glossaryOf([
    [
      "F1",
      `mean over all frames of how well what is known of each after ${deadlineMs} ms, its own ` +
      "result or the latest of an earlier frame, agrees with what is taken for true (at an IoU of 0.5)",
    ],
    ["streaming F1", "the same of what is known at the moment of capture, of earlier frames"],
    ["95 % interval", "of the mean, by a block bootstrap over seconds"],
    ["missed", "not filtered, and without a result of its own in time"],
    ...ENDINGS,
  ]);
}
