/** How things went over time: what became of frames, what the link could carry, and how accurate it was. */

import type { Result, Timeline } from "../study/study.ts";
import { fourSteps } from "./numbers.ts";
import { OUTCOME_COLOURS, type Style } from "./palette.ts";
import { type Line, linePlot, type Mark, piledPlot } from "./plot.ts";
import { mean, type StudyCell } from "./summary.ts";

/** Bars that are told from each other. */
const BARS_MAX = 60;

/** Seconds that a bar may stand for. */
const WIDTHS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];

/** What all timelines of a cell have in common, so that they can be held against each other. */
export interface TimeScale {
  /** Seconds of a bar. */
  readonly step: number;
  /** Mean capacity of the uplink of each bar, Mbit/s. */
  readonly capacity: readonly number[];
  /** Up to which value the axis of frames a second goes. */
  readonly framesMax: number;
  /** Up to which value that of Mbit/s goes. */
  readonly mbitMax: number;
  /** How far both go below 0, as a share of how far they go above. */
  readonly below: number;
}

/** The scale of a cell's timelines. */
export function timeScale({ uplink, results }: StudyCell): TimeScale {
  const timelines = results.flatMap(({ timeline }) => timeline ?? []);
  const seconds = Math.max(uplink.length, ...timelines.map(({ here }) => here.length));
  const step = WIDTHS_S.find((width) => seconds / width <= BARS_MAX) ??
    Math.ceil(seconds / BARS_MAX);
  const capacity = means(uplink, step).map(mbit);
  const all = timelines.map((timeline) => bars(timeline, step));
  const framesMax = fourSteps(
    Math.max(
      ...all.flatMap(({ here, cloud, filtered }) =>
        here.map((value, i) => value + cloud[i]! + filtered[i]!)
      ),
    ),
  );
  const missed = Math.max(0, ...all.flatMap(({ missed }) => missed));
  return {
    ...{ step, capacity, framesMax },
    mbitMax: fourSteps(Math.max(...capacity, ...all.flatMap(({ sent }) => sent))),
    below: Math.ceil(4 * missed / framesMax) / 4,
  };
}

/** What became of a policy's frames, over what the uplink could carry and what was sent. */
export function framesPlot(
  id: string,
  title: string,
  timeline: Timeline,
  { step, capacity, framesMax, mbitMax, below }: TimeScale,
): string {
  const { here, cloud, filtered, missed, sent } = bars(timeline, step);
  return piledPlot({
    ...{ id, title, step, width: 400, height: below > 0 ? 260 : 220 },
    x: { label: "time, s" },
    y: {
      ...{ label: "frames/s", min: -below * framesMax, max: framesMax, step: framesMax / 4 },
      format: (value) => String(Math.abs(value)),
    },
    right: {
      ...{ label: "Mbit/s", min: -below * mbitMax, max: mbitMax, step: mbitMax / 4 },
      format: (value) => value < 0 ? "" : String(Number(value.toPrecision(3))),
    },
    piles: [
      { colour: OUTCOME_COLOURS.here, values: here },
      { colour: OUTCOME_COLOURS.cloud, values: cloud },
      { colour: OUTCOME_COLOURS.filtered, values: filtered },
      { colour: OUTCOME_COLOURS.missed, values: missed.map((value) => -value) },
    ],
    lines: [
      {
        points: stairs(capacity, step),
        style: { colour: "currentColor", dash: [] },
        isStepped: true,
      },
      {
        points: stairs(sent, step),
        style: { colour: "currentColor", dash: [2, 2] },
        isStepped: true,
      },
    ],
  });
}

/** Accuracy over time of all policies of a cell, the mean of the bound as a line across. */
export function accuracyPlot(
  id: string,
  title: string,
  results: readonly { readonly result: Result; readonly style: Style }[],
  { step, capacity }: TimeScale,
): string {
  const marks: Mark[] = results.filter(({ result }) => !result.timeline).map(({ result }) => ({
    ...{ axis: "y", at: result.accuracy },
    label: `${result.policy}, mean ${result.accuracy.toFixed(2)}`,
  }));
  const lines = results.flatMap(({ result: { timeline }, style }): Line[] => {
    if (!timeline) return [];
    const values = means(timeline.accuracy, step);
    return [{ style, points: values.map((value, i) => [(i + 0.5) * step, value]) }];
  });
  return linePlot({
    ...{ id, title, marks, lines },
    x: { label: "time, s", min: 0, max: capacity.length * step },
    y: { label: "F1", min: 0, max: 1, step: 0.25 },
  });
}

/** Of each bar: frames a second by outcome, and Mbit/s that were sent. */
function bars({ here, cloud, filtered, missed, bytesUp }: Timeline, step: number) {
  return {
    here: means(here, step),
    cloud: means(cloud, step),
    filtered: means(filtered, step),
    missed: means(missed, step),
    sent: means(bytesUp, step).map(mbit),
  };
}

/** Means of `step` values in a row. */
function means(values: readonly number[], step: number): readonly number[] {
  return Array.from(
    { length: Math.ceil(values.length / step) },
    (_, i) => mean(values.slice(i * step, (i + 1) * step)),
  );
}

/** A value from the beginning of its bar on; the last holds until its end. */
function stairs(values: readonly number[], step: number): [number, number][] {
  const points = values.map((value, i): [number, number] => [i * step, value]);
  return values.length === 0 ? [] : [...points, [values.length * step, values.at(-1)!]];
}

function mbit(bytesPerSec: number): number {
  return bytesPerSec * 8 / 1e6;
}
