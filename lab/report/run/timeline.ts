/** The run over time: where frames went, how long they took, what was sent, what happened. */

import { type Html, markup } from "../html.ts";
import { figure, keyedLegend, paintedLegend } from "../legend.ts";
import { fourSteps, significant } from "../numbers.ts";
import { OUTCOME_COLOURS, styleOf } from "../palette.ts";
import { type Axis, type Band, type Line, linePlot, piledPlot } from "../plot.ts";
import { stretches } from "../stretches.ts";
import { tableOf } from "../table.ts";
import { decades, PLACE_NAMES, PLACE_STYLES } from "./latency.ts";
import { type Bar, HAPPENINGS } from "./over_time.ts";
import { type PlaceOnPage, sectionOf } from "./place.ts";
import type { RunRead } from "./read_run.ts";
import { countOf, durationOf, stepOf, timeOf } from "./words.ts";

/** Interruptions that are listed. */
const LISTED_MAX = 20;

/** What happens, in words. */
const WHAT = {
  enter: "came into a zone",
  leave: "left one",
  loiter: "stayed long",
  cross: "crossed a line",
};

/** What all plots of a run have in common. */
interface TimeAxis {
  readonly x: Axis;
  /** Seconds in the axis' unit. */
  readonly unit: number;
  /** A bar in the axis' unit. */
  readonly step: number;
  /** Seconds of a bar. */
  readonly widthS: number;
  readonly bands: readonly Band[];
}

/** The section; `undefined` where there is nothing to draw. */
export function timelineSection(place: PlaceOnPage, run: RunRead): Html | undefined {
  const { bars, startMs, widthS } = run.overTime;
  if (startMs === undefined) return undefined;
  const axis = timeAxis(run, startMs);
  const plots = [
    framesPlot(place, bars, axis),
    latencyPlot(place, bars, axis),
    sentPlot(place, bars, axis),
    happeningsPlot(place, bars, axis),
  ];
  const shaded = axis.bands.length > 0
    ? markup`<p class="quiet">Shaded: the source delivered nothing.</p>\n`
    : undefined;
  return sectionOf(
    place,
    "time",
    "Over time",
    markup`<p class="quiet">A bar, and a step of a line, stands for ${
      stepOf(widthS)
    }; time counts from ${timeOf(startMs)}.</p>
${shaded}<div class="plots two">
${plots}</div>
${interruptions(place, run)}`,
  );
}

function timeAxis({ overTime, away }: RunRead, startMs: number): TimeAxis {
  const { bars, widthS } = overTime;
  const seconds = bars.length * widthS;
  const [unit, name] = seconds < 300
    ? [1, "s"]
    : seconds < 10_800
    ? [60, "min"]
    : seconds < 345_600
    ? [3600, "h"]
    : [86_400, "days"];
  const max = Number((seconds / unit).toPrecision(6)); // it stands at the axis
  const at = (ms: number) => Math.min(max, Math.max(0, (ms - startMs) / 1000 / unit));
  const bands = away.interruptions.map(({ fromMs, toMs }): Band => [
    at(fromMs),
    toMs === undefined ? max : at(toMs),
  ]);
  return { x: { label: `time, ${name}`, min: 0, max }, unit, step: widthS / unit, widthS, bands };
}

function framesPlot({ prefix }: PlaceOnPage, bars: readonly Bar[], axis: TimeAxis): Html {
  const { x, step, widthS, bands } = axis;
  const rate = (count: number) => count / widthS;
  const missed = bars.map(({ dropped, failed }) => rate(dropped + failed));
  const most = Math.max(...bars.map((bar) => rate(bar.local + bar.cloud + bar.filtered)));
  const max = fourSteps(Math.max(most, Math.max(...missed) / 4));
  const below = Math.ceil(4 * Math.max(...missed) / max) / 4;
  const svg = piledPlot({
    ...{ id: `${prefix}time-frames`, title: "What became of frames, over time", step, x, bands },
    y: {
      ...{ label: "frames/s", min: -below * max, max, step: max / 4 },
      format: (value) => String(Number(Math.abs(value).toPrecision(3))),
    },
    piles: [
      { colour: OUTCOME_COLOURS.here, values: bars.map(({ local }) => rate(local)) },
      { colour: OUTCOME_COLOURS.cloud, values: bars.map(({ cloud }) => rate(cloud)) },
      { colour: OUTCOME_COLOURS.filtered, values: bars.map(({ filtered }) => rate(filtered)) },
      { colour: OUTCOME_COLOURS.missed, values: missed.map((value) => -value) },
    ],
    lines: [],
  });
  const is = (one: "local" | "cloud" | "filtered") => bars.some((bar) => bar[one] > 0);
  const legend = paintedLegend([
    ...is("local") ? [[OUTCOME_COLOURS.here, "on the edge"] as const] : [],
    ...is("cloud") ? [[OUTCOME_COLOURS.cloud, "in the cloud"] as const] : [],
    ...is("filtered") ? [[OUTCOME_COLOURS.filtered, "filtered"] as const] : [],
    ...below > 0 ? [[OUTCOME_COLOURS.missed, "dropped or failed, below 0"] as const] : [],
  ]);
  return markup`<div>${figure(svg, "Where frames went")}${legend}</div>\n`;
}

function latencyPlot(
  { prefix }: PlaceOnPage,
  bars: readonly Bar[],
  { x, step, bands }: TimeAxis,
): Html | undefined {
  const places = (["local", "cloud"] as const)
    .filter((place) => bars.some((bar) => bar[`${place}Ms`].count > 0));
  const lines = places.flatMap((place) =>
    ([[0.5, 2], [0.95, 1]] as const).flatMap(([share, width]): Line[] => {
      const style = { ...PLACE_STYLES[place], dash: width === 2 ? [] : [2, 2] };
      const values = bars.map((bar) => bar[`${place}Ms`].quantile(share));
      return stretches(values, step).map((points) => ({ style, points, isStepped: true }));
    })
  );
  if (lines.length === 0) return undefined;
  const svg = linePlot({
    ...{
      id: `${prefix}time-latency`,
      title: "Latency over time, medians and p95",
      x,
      bands,
      lines,
    },
    y: {
      ...{ label: "latency, ms", scale: "log", format: String },
      ...decades(lines.flatMap(({ points }) => points.map(([, ms]) => ms))),
    },
  });
  const legend = keyedLegend(places.flatMap((place) => [
    [{ ...PLACE_STYLES[place], dash: [] }, `median ${PLACE_NAMES[place]}`] as const,
    [{ ...PLACE_STYLES[place], dash: [2, 2] }, `p95 ${PLACE_NAMES[place]}`] as const,
  ]));
  return markup`<div>${figure(svg, "Latency")}${legend}</div>\n`;
}

function sentPlot(
  { prefix }: PlaceOnPage,
  bars: readonly Bar[],
  { x, step, widthS, bands }: TimeAxis,
): Html | undefined {
  if (bars.every(({ bytesUp }) => bytesUp === 0)) return undefined;
  const rates = bars.map(({ bytesUp }) => bytesUp / widthS);
  const most = Math.max(...rates);
  const [unit, name] = most < 1e6 ? [1e3, "kB/s"] : [1e6, "MB/s"];
  const max = fourSteps(most / unit);
  const svg = piledPlot({
    ...{ id: `${prefix}time-sent`, title: "Bytes sent, over time", step, x, bands },
    y: {
      ...{ label: `sent, ${name}`, min: 0, max, step: max / 4 },
      format: (value) => value === 0 ? "0" : significant(value).replace(/\.0+$/, ""),
    },
    piles: [{ colour: OUTCOME_COLOURS.cloud, values: rates.map((rate) => rate / unit) }],
    lines: [],
  });
  return markup`<div>${figure(svg, "What was sent to the cloud")}</div>\n`;
}

function happeningsPlot(
  { prefix }: PlaceOnPage,
  bars: readonly Bar[],
  { x, step, widthS, bands }: TimeAxis,
): Html | undefined {
  const kinds = HAPPENINGS.filter((kind) => bars.some(({ happened }) => happened[kind] > 0));
  if (kinds.length === 0) return undefined;
  const max = fourSteps(
    Math.max(...bars.map(({ happened }) => kinds.reduce((sum, kind) => sum + happened[kind], 0))),
  );
  const colourOf = (kind: typeof kinds[number]) => styleOf(HAPPENINGS.indexOf(kind)).colour;
  const svg = piledPlot({
    ...{ id: `${prefix}time-zones`, title: "What happened in zones, over time", step, x, bands },
    y: { label: `times in ${stepOf(widthS)}`, min: 0, max, step: max / 4 },
    piles: kinds.map((kind) => ({
      colour: colourOf(kind),
      values: bars.map(({ happened }) => happened[kind]),
    })),
    lines: [],
  });
  const legend = paintedLegend(kinds.map((kind) => {
    const count = bars.reduce((sum, { happened }) => sum + happened[kind], 0);
    return [colourOf(kind), `${WHAT[kind]}: ${countOf(count, "time", "times")}`] as const;
  }));
  return markup`<div>${figure(svg, "What happened in zones and at lines")}${legend}</div>\n`;
}

function interruptions({ prefix }: PlaceOnPage, { away }: RunRead): Html | undefined {
  if (away.count === 0) return undefined;
  const listed = away.interruptions.slice(0, LISTED_MAX);
  const more = away.count - listed.length;
  return tableOf(`${prefix}interruptions`, {
    caption: "When the source delivered nothing" +
      (more > 0 ? `: the first ${listed.length}, ${more} more are not listed.` : "."),
    names: ["from"],
    heads: ["for", "at first", "why"],
    rows: listed.map(({ fromMs, toMs, state, detail }) => ({
      names: [timeOf(fromMs)],
      values: [
        toMs === undefined ? "to the end" : durationOf((toMs - fromMs) / 1000),
        state,
        { content: detail === "" ? "–" : detail, attributes: markup` class="text"` },
      ],
    })),
  });
}
