/** The plots of a comparison: how soon, how accurate, for how many bytes, and all that over time. */

import { percentile } from "../../core/rolling_window.ts";
import { latencyPlot } from "../report/latency.ts";
import type { Styles } from "../report/legend.ts";
import { type Line, linePlot, scatterPlot } from "../report/plot.ts";
import { stretches } from "../report/stretches.ts";
import { accuracyPlot, framesPlot, type TimeScale, timeScale } from "../report/timeline.ts";
import type { Result } from "../study/study.ts";
import type { ComparedFrame, ComparisonHead } from "./comparison.ts";

/** A contestant that was played to its end. */
export interface Shown {
  /** Its name. */
  readonly name: string;
  /** What it was worth. */
  readonly result: Result;
  /** Every frame of the video. */
  readonly frames: readonly ComparedFrame[];
}

/** Plots as SVG elements; one is `undefined` where there is nothing to draw. */
export interface ComparisonPlots {
  /** Share of frames that had a result within a time. */
  readonly latency: string | undefined;
  /** F1 against the bytes that were sent. */
  readonly accuracyBytes: string;
  /** F1 over time. */
  readonly accuracyTime: string;
  /** Latency over time. */
  readonly latencyTime: string | undefined;
}

/** Draws the plots in which contestants are seen together. */
export function comparisonPlots(
  head: ComparisonHead,
  shown: readonly Shown[],
  styles: Styles,
): ComparisonPlots {
  const { name: video } = head.video;
  const scale = scaleOf(head, shown);
  const seconds = secondsOf(shown);
  return {
    latency: latencyPlot(
      "latency",
      `Share of frames that had a result within a time, for each contestant on ${video}`,
      shown.map(({ name, result }) => ({ style: styles.get(name)!, results: [result] })),
      head.deadlineMs,
    ),
    accuracyBytes: accuracyBytesPlot(head, shown, styles),
    accuracyTime: accuracyPlot(
      "accuracy-time",
      `F1 of each contestant on ${video}, over time`,
      shown.map(({ name, result }) => ({ result, style: styles.get(name)! })),
      // Its length is how far the plot goes, also where no network is emulated.
      { ...scale, capacity: Array(Math.ceil(seconds / scale.step)).fill(0) },
    ),
    latencyTime: latencyTimePlot(head, shown, styles, scale.step),
  };
}

/** What became of each contestant's frames over time, all at the same scale. */
export function framesPlots(
  head: ComparisonHead,
  shown: readonly Shown[],
): readonly { readonly name: string; readonly svg: string }[] {
  const scale = scaleOf(head, shown);
  return shown.flatMap(({ name, result: { timeline } }, i) => {
    if (!timeline) return [];
    const title = `What became of frames under ${name} on ${head.video.name}, over time`;
    return [{ name, svg: framesPlot(`frames-${i}`, title, timeline, scale) }];
  });
}

function scaleOf({ video, network, uplink }: ComparisonHead, shown: readonly Shown[]): TimeScale {
  const results = shown.map(({ result }) => result);
  return timeScale({
    ...{ at: 0, video: video.name, network: network ?? "", fps: video.fps },
    ...{ uplink: uplink.slice(0, secondsOf(shown)), results },
  });
}

function secondsOf(shown: readonly Shown[]): number {
  return Math.max(1, ...shown.map(({ result: { timeline } }) => timeline?.here.length ?? 0));
}

function accuracyBytesPlot(
  { video }: ComparisonHead,
  shown: readonly Shown[],
  styles: Styles,
): string {
  const groups = shown.flatMap(({ name, result: { score } }) => {
    if (!score) return [];
    const { accuracy, bytesUp, frames } = score;
    const kilobytes = bytesUp / Math.max(1, frames.captured) / 1000;
    return [{
      ...{ style: styles.get(name)!, size: "large" as const },
      points: [{
        at: [kilobytes, accuracy.mean] as const,
        interval: [accuracy.low, accuracy.high] as const,
      }],
    }];
  });
  return scatterPlot({
    id: "accuracy-bytes",
    title: `F1 of each contestant against the bytes that it sent, on ${video.name}`,
    x: { label: "sent for each captured frame, kB", min: 0 },
    y: { label: "F1", min: 0, max: 1, step: 0.25 },
    groups,
  });
}

function latencyTimePlot(
  { video, deadlineMs }: ComparisonHead,
  shown: readonly Shown[],
  styles: Styles,
  step: number,
): string | undefined {
  const lines = shown.flatMap(({ name, frames }): Line[] => {
    const style = styles.get(name)!;
    return stretches(mediansOf(frames, step), step)
      .map((points) => ({ style, points, isStepped: true }));
  });
  if (lines.length === 0) return undefined;
  const values = [deadlineMs, ...lines.flatMap(({ points }) => points.map(([, ms]) => ms))];
  return linePlot({
    id: "latency-time",
    title: `Median latency of each contestant on ${video.name}, over time`,
    x: { label: "time, s", min: 0, max: Math.ceil(secondsOf(shown) / step) * step },
    y: {
      ...{ label: "latency, ms", scale: "log", format: String },
      min: 10 ** Math.floor(Math.log10(Math.max(0.1, Math.min(...values)))),
      max: 10 ** Math.ceil(Math.log10(Math.max(...values))),
    },
    marks: [{ axis: "y", at: deadlineMs, label: `deadline ${deadlineMs} ms` }],
    lines,
  });
}

/** Of each bar, the median latency of what was captured in it; `undefined` where nothing had a result. */
function mediansOf(
  frames: readonly ComparedFrame[],
  step: number,
): readonly (number | undefined)[] {
  const bars = Math.floor((frames.at(-1)?.ptsMs ?? 0) / (1000 * step)) + 1;
  const latencies = Array.from({ length: bars }, (): number[] => []);
  for (const { ptsMs, latencyMs } of frames) {
    if (latencyMs === null) continue;
    latencies[Math.max(0, Math.floor(ptsMs / (1000 * step)))]!.push(latencyMs);
  }
  return latencies.map((some) => percentile(some, 50));
}
