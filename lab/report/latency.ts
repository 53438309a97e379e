/** How many frames had a result how soon, from the quantiles that a study keeps. */

import type { Result } from "../study/study.ts";
import { type Line, linePlot } from "./plot.ts";
import type { Style } from "./palette.ts";

/** Points of a curve: more than are seen are not drawn. */
const POINTS_MAX = 120;

/** Results with the style that they are drawn in. */
export interface LatencyCurve {
  /** As its policy has it. */
  readonly style: Style;
  /** Of one or several cells, put together. */
  readonly results: readonly Result[];
}

/**
 * The share of frames, not filtered, that had a result within a time: it ends below 1 where frames were
 * dropped. `undefined` when no frame had a result.
 */
export function latencyPlot(
  id: string,
  title: string,
  curves: readonly LatencyCurve[],
  deadlineMs: number,
): string | undefined {
  const lines = curves.flatMap(({ style, results }): Line[] => {
    const points = cumulated(results);
    return points.length === 0 ? [] : [{ style, points }];
  });
  if (lines.length === 0) return undefined;
  const times = [deadlineMs, ...lines.flatMap(({ points }) => points.map(([ms]) => ms))];
  const [min, max] = [roundDown(Math.min(...times)), roundUp(Math.max(...times))];
  return linePlot({
    ...{ id, title },
    x: { label: "latency from capture to result, ms", scale: "log", min, max, format: String },
    y: { label: "share of frames", min: 0, max: 1, step: 0.25 },
    marks: [{ axis: "x", at: deadlineMs, label: `deadline ${deadlineMs} ms` }],
    // A curve goes on to the right: frames that have no result by then never have one.
    lines: lines.map((line) => ({
      ...line,
      points: [...line.points, [max, line.points.at(-1)![1]]],
    })),
  });
}

function cumulated(results: readonly Result[]): [ms: number, share: number][] {
  const wanted = results.reduce(
    (sum, { score }) => sum + (score ? score.frames.captured - score.frames.filtered : 0),
    0,
  );
  const weighed = results.flatMap(({ score, latencyQuantilesMs: quantiles }) => {
    if (!score) return [];
    const frames = score.frames.here + score.frames.cloud;
    return quantiles.map((ms) => ({ ms: Math.max(0.1, ms), weight: frames / quantiles.length }));
  }).sort((a, b) => a.ms - b.ms);
  if (weighed.length === 0 || wanted === 0) return [];
  const points: [number, number][] = [[weighed[0]!.ms, 0]];
  let sum = 0;
  const every = Math.ceil(weighed.length / POINTS_MAX);
  for (const [i, { ms, weight }] of weighed.entries()) {
    sum += weight;
    if (i % every === 0 || i === weighed.length - 1) points.push([ms, Math.min(1, sum / wanted)]);
  }
  return points;
}

function roundDown(ms: number): number {
  return 10 ** Math.floor(Math.log10(ms));
}

function roundUp(ms: number): number {
  return 10 ** Math.ceil(Math.log10(ms));
}
