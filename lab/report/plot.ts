/** Plots as SVG, in words of ours: lines, points, and bars over time. */

import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { escaped } from "./html.ts";
import type { PointSymbol, Style } from "./palette.ts";
import { embedded, FONT_FAMILY } from "./svg.ts";

use([
  ...[BarChart, LineChart, ScatterChart],
  ...[GridComponent, MarkAreaComponent, MarkLineComponent, LabelLayout, SVGRenderer],
]);

/** An axis. */
export interface Axis {
  /** What it tells, with its unit. */
  readonly label: string;
  /** By default `linear`. */
  readonly scale?: "linear" | "log";
  /** Where it begins; by default where the data do, or at a round number below. */
  readonly min?: number;
  /** Where it ends; by default where the data do, or at a round number above. */
  readonly max?: number;
  /** From one tick to the next. */
  readonly step?: number;
  /** Values as they stand at ticks. */
  readonly format?: (value: number) => string;
}

/** A place in a plot. */
export type Point = readonly [x: number, y: number];

/** A line. */
export interface Line {
  /** Where it goes. */
  readonly points: readonly Point[];
  /** How it looks. */
  readonly style: Pick<Style, "colour" | "dash">;
  /** Whether a value holds until the next: a step is drawn. */
  readonly isStepped?: boolean;
}

/** A value that all others are seen against: a straight line across the plot. */
export interface Mark {
  /** Whose value it is. */
  readonly axis: "x" | "y";
  /** The value. */
  readonly at: number;
  /** What stands at it. */
  readonly label: string;
}

/** A stretch of `x` that is shaded, behind all else. */
export type Band = readonly [from: number, to: number];

/** What every plot has. */
export interface PlotFrame {
  /** Tells it from the other plots of a page: letters, digits, `-`. */
  readonly id: string;
  /** What it shows, for those who cannot see it. */
  readonly title: string;
  /** Pixels; it is scaled to the place that it has. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** From left to right. */
  readonly x: Axis;
  /** From the bottom up. */
  readonly y: Axis;
  /** Reference values. */
  readonly marks?: readonly Mark[];
  /** What is shaded. */
  readonly bands?: readonly Band[];
}

/** Lines. */
export interface LinePlot extends PlotFrame {
  /** The later ones lie on the earlier ones. */
  readonly lines: readonly Line[];
}

/** Points that belong together. */
export interface PointGroup {
  /** How they look. */
  readonly style: Style;
  /** `large`: what is to be seen first. */
  readonly size?: "small" | "large";
  /** The points. */
  readonly points: readonly {
    /** Where it is. */
    readonly at: Point;
    /** What stands beside it, where there is room. */
    readonly label?: string;
    /** Between which values of `y` it lies. */
    readonly interval?: readonly [low: number, high: number];
  }[];
}

/** Points. */
export interface ScatterPlot extends PlotFrame {
  /** The later ones lie on the earlier ones. */
  readonly groups: readonly PointGroup[];
  /** Lines below the points, such as a Pareto front. */
  readonly lines?: readonly Line[];
}

/** Bars that stand on each other, one pile a step, and lines of another unit over them. */
export interface PiledPlot extends PlotFrame {
  /** Width of a step in units of `x`; the first begins at 0. */
  readonly step: number;
  /** From the bottom up, a value each step; those below 0 hang from it. */
  readonly piles: readonly { readonly colour: string; readonly values: readonly number[] }[];
  /** The axis of `lines`, on the right; absent where there are none. */
  readonly right?: Axis;
  /** On the axis on the right. */
  readonly lines: readonly Line[];
}

const WIDTH = 480;
const HEIGHT = 300;
const FONT = { fontSize: 13, fontFamily: FONT_FAMILY, color: "currentColor" };
const SYMBOLS: Readonly<Record<PointSymbol, string>> = {
  circle: "circle",
  triangle: "triangle",
  square: "rect",
  diamond: "diamond",
  wedge: "path://M0 0L10 0L5 10Z",
  cross: "path://M0 2L2 0L5 3L8 0L10 2L7 5L10 8L8 10L5 7L2 10L0 8L3 5Z",
};

/** Draws lines, as one SVG element. */
export function linePlot(plot: LinePlot): string {
  const lines = plot.lines.map((line, i) => lineSeries(line, 2 * beneath(i, plot.lines.length)));
  return drawn(plot, [...lines, ...markSeries(plot.marks)]);
}

/** Draws points, as one SVG element. */
export function scatterPlot(plot: ScatterPlot): string {
  const intervals = plot.groups.flatMap(({ style, points }) =>
    points.flatMap(({ at: [x], interval }) => {
      if (!interval) return [];
      const [low, high] = interval;
      return [lineSeries({ points: [[x, low], [x, high]], style: { ...style, dash: [] } })];
    })
  );
  return drawn(plot, [
    ...(plot.lines ?? []).map((line) => lineSeries(line)),
    ...markSeries(plot.marks),
    ...intervals,
    ...plot.groups.map((group) => {
      const alike = plot.groups.filter(({ size }) => size === group.size);
      const scale = beneath(alike.indexOf(group), alike.length);
      return pointSeries(group, scale, plot.width ?? WIDTH);
    }),
  ]);
}

/** Draws piled bars and lines over them, as one SVG element. */
export function piledPlot(plot: PiledPlot): string {
  const bars = plot.piles.map(({ colour, values }) => ({
    type: "bar",
    stack: "all",
    xAxisIndex: 1,
    // What is nothing is not drawn.
    data: values.map((value) => value === 0 ? "-" : value),
    barCategoryGap: values.length > 30 ? "0%" : "12%",
    itemStyle: { color: colour },
    animation: false,
  }));
  const steps = Math.max(1, ...plot.piles.map(({ values }) => values.length));
  const end = steps * plot.step;
  return drawn(
    { ...plot, x: { min: 0, max: end, ...plot.x } },
    [...bars, ...plot.lines.map((line) => ({ ...lineSeries(line), yAxisIndex: 1 }))],
    { ...plot.right ? { right: plot.right } : {}, steps },
  );
}

/** What lies beneath others is the larger, so that it is seen even where they are the same. */
function beneath(index: number, count: number): number {
  return 1 + 0.6 * (count - 1 - index) / count;
}

function lineSeries({ points, style: { colour, dash }, isStepped }: Line, width = 2) {
  return {
    type: "line",
    data: points.map((point) => [...point]),
    showSymbol: false,
    step: isStepped ? "end" : false,
    lineStyle: { color: colour, width, type: dash.length > 0 ? [...dash] : "solid" },
    itemStyle: { color: colour },
    silent: true,
  };
}

function pointSeries(
  { style: { colour, symbol }, size = "small", points }: PointGroup,
  scale: number,
  width: number,
) {
  const isLarge = size === "large";
  return {
    type: "scatter",
    symbol: SYMBOLS[symbol],
    symbolSize: scale * (isLarge ? 13 : 8),
    itemStyle: {
      color: colour,
      opacity: isLarge ? 1 : 0.55,
      ...isLarge ? { borderColor: "var(--paper, #fff)", borderWidth: 1.5 } : {},
    },
    data: points.map(({ at, label }) => ({
      value: [...at],
      label: label === undefined ? { show: false } : {
        ...FONT,
        ...{ show: true, formatter: () => label, position: "right", fontSize: 12 },
      },
    })),
    labelLayout: (it: Labelled) => ({
      hideOverlap: true,
      // What would end outside stands on the other side of its point.
      ...it.labelRect.x + it.labelRect.width > width ? { x: it.rect.x - 4, align: "right" } : {},
    }),
    silent: true,
  };
}

/** A point and its label, where they are. */
interface Labelled {
  readonly rect: { readonly x: number };
  readonly labelRect: { readonly x: number; readonly width: number };
}

/** Reference values are the marks of a series without points. */
function markSeries(marks: readonly Mark[] = []) {
  if (marks.length === 0) return [];
  return [{
    type: "line",
    data: [],
    silent: true,
    markLine: {
      symbol: "none",
      silent: true,
      animation: false,
      lineStyle: { color: "currentColor", width: 1.5, type: [5, 4], opacity: 0.75 },
      data: marks.map(({ axis, at, label }) => ({
        ...axis === "x" ? { xAxis: at } : { yAxis: at },
        label: {
          ...FONT,
          ...{ fontSize: 12, formatter: () => label },
          // Where points or lines lie behind it, it can still be read.
          ...{ textBorderColor: "var(--paper, #fff)", textBorderWidth: 3 },
          position: axis === "x" ? "end" : "insideEndTop",
        },
      })),
    },
  }];
}

/** Bands are the areas of a series without points. */
function bandSeries(bands: readonly Band[] = []) {
  if (bands.length === 0) return [];
  return [{
    type: "line",
    data: [],
    silent: true,
    markArea: {
      silent: true,
      animation: false,
      itemStyle: { color: "currentColor", opacity: 0.14 },
      data: bands.map(([from, to]) => [{ xAxis: from }, { xAxis: to }]),
    },
  }];
}

function axisOption(axis: Axis, where: "x" | "left" | "right", more: object = {}) {
  const { label, scale = "linear", min, max, step, format } = axis;
  return {
    type: scale === "log" ? "log" : "value",
    ...min === undefined ? {} : { min },
    ...max === undefined ? {} : { max },
    ...step === undefined ? {} : { interval: step },
    name: label,
    ...where === "x" ? { nameLocation: "middle", nameGap: 30 } : { nameLocation: "end" },
    nameTextStyle: {
      ...FONT,
      ...where === "left" ? { align: "left", padding: [0, 0, 0, -44] } : {},
      ...where === "right" ? { align: "right", padding: [0, -44, 0, 0] } : {},
    },
    axisLabel: { ...FONT, hideOverlap: true, ...format ? { formatter: format } : {} },
    axisLine: { show: where === "x", onZero: false, lineStyle: { color: "currentColor" } },
    axisTick: { show: where === "x", lineStyle: { color: "currentColor" } },
    splitLine: {
      show: where !== "right",
      lineStyle: { color: "currentColor", opacity: 0.13 },
    },
    minorSplitLine: { show: false },
    ...more,
  };
}

function drawn(
  { id, title, width = WIDTH, height = HEIGHT, x, y, marks = [], bands }: PlotFrame,
  series: readonly object[],
  piled?: { readonly right?: Axis; readonly steps: number },
): string {
  const option: EChartsCoreOption = {
    animation: false,
    textStyle: FONT,
    grid: {
      left: 48,
      right: piled?.right ? 48 : 18,
      // What stands at a vertical line has a row of its own, below the axis' name.
      top: marks.some(({ axis }) => axis === "x") ? 48 : 34,
      bottom: 48,
    },
    xAxis: [
      axisOption(x, "x", { splitLine: { show: false } }),
      ...piled
        ? [{ type: "category", show: false, data: Array.from({ length: piled.steps }, String) }]
        : [],
    ],
    yAxis: [axisOption(y, "left"), ...piled?.right ? [axisOption(piled.right, "right")] : []],
    series: [...bandSeries(bands), ...series],
  };
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(option);
    return embedded(chart.renderToSVGString(), id, escaped(title));
  } finally {
    // Else its timer would keep the program from ending.
    chart.dispose();
  }
}
