/** What tuning has come to, as one HTML file that needs nothing else. */

import { count } from "../report/head.ts";
import { Html, markup } from "../report/html.ts";
import { figure, policyLegend, type Styles, stylesOf } from "../report/legend.ts";
import { bytes, f1, milliseconds, NOTHING, percent } from "../report/numbers.ts";
import type { Style } from "../report/palette.ts";
import { type Mark, type Point, type PointGroup, scatterPlot } from "../report/plot.ts";
import { STYLE } from "../report/style.ts";
import { tableOf } from "../report/table.ts";
import { fragmentOf, told } from "./fragment.ts";
import { KEEPS_UP, type MeasuredPoint, placedName, placeOf } from "./measured_point.ts";
import { paretoFront } from "./pareto.ts";
import { keepsUp, type Targets } from "./targets.ts";
import type { Choice, Tuned } from "./tuning.ts";

/** The page. The same comes to the same, byte for byte. */
export function tuneHtml(tuned: Tuned): string {
  const { tuning: { each, all } } = tuned;
  const choices = each.length > 1 ? [all, ...each] : each;
  const kinds = [...new Set(choices.flatMap(({ points }) => points.map(kindOf)))];
  const styles = stylesOf(kinds);
  const names = each.map(({ name }) => name).join(", ");
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="smarteye lab">
<title>Operating points: ${names}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${head(tuned)}<main>
${choices.map((choice, i) => section(choice, `choice-${i}`, tuned, styles))}${words()}</main>
</body>
</html>
`.text;
}

/** Points of one model in one place look alike. */
function kindOf(point: MeasuredPoint): string {
  return `${point.model} ${point.encoding ? "in the cloud" : "on the edge"}`;
}

function head(tuned: Tuned): Html {
  const { networks, setting, tuning: { all, each, targets } } = tuned;
  const { edge, cloud, options, seed, seconds } = setting;
  const fragment = fragmentOf(tuned);
  const rows: [string, string][] = [
    ["Wanted", targetsTold(targets)],
    [
      "Profiles",
      tuned.profiles.map(({ head }) => `${head.name} (${head.fps} frames/s)`).join(", "),
    ],
    ["Networks", networks.length === 0 ? "none: a link that takes no time" : networks.join(", ")],
    [
      "Edge",
      `${edge.speed} × as fast as the machine of the profile, ${
        count(edge.workers, "frame", "frames")
      } at once, at most ${count(options.offloadsMax, "offload", "offloads")} at once`,
    ],
    [
      "Cloud",
      `${count(cloud.servers, "server", "servers")}, ${cloud.speed} × as fast, ${
        count(cloud.workers, "frame", "frames")
      } at once`,
    ],
    ["Played", seconds === undefined ? "once" : `for ${seconds} s`],
    ["Seed", `${seed}`],
  ];
  const answer = all.chosen
    ? markup`<p>${each.length > 1 ? "On all profiles" : "Chosen"}: <b>${
      placedName(all.chosen)
    }</b>, ${told(all.chosen)}.</p>`
    : markup`<p class="note">No operating point meets the targets${
      each.length > 1 ? " on all profiles" : ""
    }.${all.nearest ? ` Nearest: ${placedName(all.nearest)}, ${told(all.nearest)}.` : ""}</p>`;
  return markup`<header>
<h1>The operating point that meets a target</h1>
${answer}
${fragment === undefined ? undefined : markup`<pre>${fragment.trimEnd()}</pre>`}
<dl>
${rows.map(([what, value]) => markup`<dt>${what}</dt><dd>${value}</dd>\n`)}</dl>
</header>
`;
}

function targetsTold({ accuracy, latencyMs, bytesPerSec }: Targets): string {
  return [
    accuracy === undefined ? [] : `F1 at least ${percent(accuracy)} of the best`,
    latencyMs === undefined ? [] : `95 % of frames within ${latencyMs} ms`,
    bytesPerSec === undefined ? [] : `at most ${bytes(bytesPerSec)}/s`,
  ].flat().join(", ");
}

function section(choice: Choice, id: string, { tuning }: Tuned, styles: Styles): Html {
  const isAll = tuning.each.length > 1 && choice === tuning.all;
  const { name, chosen, nearest, points } = choice;
  const kinds = [...new Set(points.map(kindOf))];
  const marked = chosen ?? nearest;
  const mark = !marked
    ? ""
    : `; the diamond is ${chosen ? "the chosen point" : "the nearest point"}`;
  const title = isAll ? "All profiles, each measure on the worst of them" : name;
  return markup`<section id="${id}">
<h2>${title}</h2>
${policyLegend(kinds, styles)}<div class="plots two">
${
    figure(
      plotOf(`${id}-bytes`, choice, tuning.targets, styles, BYTES),
      "Accuracy against bytes",
      `. The line joins what nothing is better than in both${mark}. Grey: does not keep up with the camera.`,
    )
  }${
    figure(
      plotOf(`${id}-latency`, choice, tuning.targets, styles, LATENCY),
      "Accuracy against latency",
      ". Points that do not keep up with the camera have no 95th percentile.",
    )
  }</div>
${table(id, choice)}</section>
`;
}

/** What points are plotted against. */
interface Across {
  readonly title: string;
  readonly label: string;
  readonly of: (point: MeasuredPoint) => number;
  readonly target: (targets: Targets, points: readonly MeasuredPoint[]) => number | undefined;
}

const BYTES: Across = {
  title: "F1 of each operating point against the bytes of a frame",
  label: "sent for each frame, kB",
  of: ({ bytes }) => bytes / 1000,
  target: ({ bytesPerSec }, points) => {
    const sent = points.find(({ bytes }) => bytes > 0);
    if (bytesPerSec === undefined || !sent) return undefined;
    return bytesPerSec * sent.bytes / sent.bytesPerSec / 1000;
  },
};

const LATENCY: Across = {
  title: "F1 of each operating point against the 95th percentile of its latency",
  label: "95 % of frames within, ms",
  of: ({ p95Ms }) => p95Ms,
  target: ({ latencyMs }) => latencyMs,
};

/** What stands out: the chosen point, or the nearest. */
const CHOSEN: Style = { colour: "currentColor", dash: [], symbol: "diamond" };

/** What does not keep up with the camera. */
const BEHIND: Style = { colour: "var(--quiet, #5a626c)", dash: [], symbol: "circle" };

function plotOf(
  id: string,
  { points, chosen, nearest }: Choice,
  targets: Targets,
  styles: Styles,
  across: Across,
): string {
  const shown = points.filter(keepsUp);
  const at = (point: MeasuredPoint): Point => [across.of(point), point.f1];
  const front = paretoFront(shown, (point) => [-point.share, across.of(point)])
    .map(at).toSorted(([a], [b]) => a - b);
  const kinds = Map.groupBy(shown, kindOf);
  const marked = chosen ?? nearest;
  const behind = points.filter((point) => !keepsUp(point) && Number.isFinite(across.of(point)));
  const groups: PointGroup[] = [
    { style: BEHIND, points: behind.map((point) => ({ at: at(point) })) },
    ...[...kinds].map(([kind, some]) => (
      { style: styles.get(kind)!, points: some.map((point) => ({ at: at(point) })) }
    )),
    ...marked && keepsUp(marked)
      ? [{
        ...{ style: CHOSEN, size: "large" as const },
        points: [{ at: at(marked) }], // its name would lie on other points
      }]
      : [],
  ];
  const most = Math.max(0, ...[...shown, ...behind].map(across.of));
  const limit = across.target(targets, points);
  const marks: Mark[] = [
    // A limit that is far from all points would only press them together.
    ...limit === undefined || limit > 1.5 * most
      ? []
      : [{ axis: "x" as const, at: limit, label: "wanted" }],
    ...leastF1(targets, points),
  ];
  return scatterPlot({
    ...{ id, title: across.title, marks, groups },
    x: { label: across.label, min: 0 },
    y: { label: "F1", min: 0, max: 1, step: 0.25 },
    lines: [{ points: front, style: { colour: "currentColor", dash: [3, 3] } }],
  });
}

function leastF1({ accuracy }: Targets, points: readonly MeasuredPoint[]): Mark[] {
  if (accuracy === undefined || points.length === 0) return [];
  const best = Math.max(...points.map((point) => point.f1));
  const at = accuracy * best;
  return [{ axis: "y", at, label: `wanted, ${f1(at)}` }];
}

function table(id: string, { points, front, chosen }: Choice): Html {
  const rows = points.toSorted((a, b) => a.bytes - b.bytes || a.p95Ms - b.p95Ms).map((point) => {
    const isBest = front.includes(point);
    const values = [
      ...[placeOf(point), `${point.encoding?.height ?? NOTHING}`],
      ...[`${point.encoding?.quality ?? NOTHING}`, f1(point.f1), percent(point.share)],
      ...[bytes(point.bytes), bytes(point.bytesPerSec)],
      ...[finite(point.meanMs), finite(point.p95Ms), percent(point.answered)],
    ];
    const bold = markup` class="best"`;
    return {
      names: [point === chosen ? `→ ${point.model}` : point.model],
      values: isBest ? values.map((content) => ({ content, attributes: bold })) : values,
    };
  });
  return tableOf(`${id}-points`, {
    caption:
      "Every operating point, by its bytes. Bold: no point that keeps up is better in F1, bytes and p95 together.",
    names: ["model"],
    heads: [
      ...["at", "height", "quality", "F1", "of best", "a frame", "a second"],
      ...["mean, ms", "p95, ms", "with a result"],
    ],
    rows,
  });
}

function finite(ms: number): string {
  return Number.isFinite(ms) ? milliseconds(ms) : NOTHING;
}

function words(): Html {
  const words: [string, string][] = [
    [
      "F1",
      "mean over the profile's frames of how well what the model finds agrees with what is " +
      "taken for true, however long it takes",
    ],
    ["of best", "F1 as a share of that of the best operating point of the profile"],
    [
      "a frame, a second",
      "mean bytes on the wire of a frame with its request's head, and of all " +
      "frames of a second of the camera",
    ],
    [
      "mean, p95",
      "from capture to result, of the policy that always decides for the point, " +
      "simulated over each network: the worst of them. p95 is of all frames, those without a " +
      "result too",
    ],
    [
      "with a result",
      `a point keeps up with the camera when ${percent(KEEPS_UP)} of frames have a ` +
      "result: the others are passed over, since newer ones came before anybody had time for them",
    ],
  ];
  return markup`<section id="words">
<h2>What the words mean</h2>
<dl>
${words.map(([word, meaning]) => markup`<dt>${word}</dt><dd>${meaning}</dd>\n`)}</dl>
</section>
`;
}
