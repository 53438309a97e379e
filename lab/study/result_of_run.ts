/** What a run is worth, simulated or lived: its score, how long results took, and second by second. */

import { percentile } from "../../core/rolling_window.ts";
import type { Recording } from "../simulation/recording.ts";
import { accuracies, isMissed, scoreOf } from "../simulation/score.ts";
import type { Simulated } from "../simulation/simulate.ts";
import type { Result, Timeline } from "./study.ts";

/** Milliseconds of a step of timelines. */
export const STEP_MS = 1000;

/**
 * The result of a run. Its frames' times count from the start of the run.
 *
 * @param seed of the bootstrap.
 */
export function resultOfRun(
  policy: string,
  recording: Recording,
  run: Pick<Simulated, "edges" | "serverSeconds">,
  { deadlineMs, seed }: { readonly deadlineMs: number; readonly seed: number },
): Result {
  const score = scoreOf(recording, run, deadlineMs, seed);
  const latencies = run.edges.flat().filter(({ point }) => point !== undefined)
    .map(({ capturedAtMs, endedAtMs }) => endedAtMs - capturedAtMs);
  return {
    policy,
    detail: "",
    score,
    accuracy: score.accuracy.mean,
    shareOfBound: null,
    latencyQuantilesMs: latencies.length === 0
      ? []
      : Array.from({ length: 101 }, (_, i) => percentile(latencies, i)!),
    timeline: timelineOf(recording, run, deadlineMs),
    offGrid: 0,
  };
}

function timelineOf(
  recording: Recording,
  { edges }: Pick<Simulated, "edges">,
  deadlineMs: number,
): Timeline {
  const frames = edges.flatMap((frames) => {
    const f1 = accuracies(recording, frames, deadlineMs);
    return frames.map((frame, i) => ({ ...frame, f1: f1[i]! }));
  });
  const steps = Math.max(...frames.map(({ capturedAtMs }) => Math.floor(capturedAtMs / STEP_MS))) +
    1;
  const per = Array.from({ length: steps }, (): typeof frames => []);
  for (const frame of frames) per[Math.floor(frame.capturedAtMs / STEP_MS)]!.push(frame);
  type Frame = typeof frames[number];
  const count = (which: (frame: Frame) => boolean) => per.map((some) => some.filter(which).length);
  const sum = (some: Frame[], value: (frame: Frame) => number) =>
    some.reduce((total, frame) => total + value(frame), 0);
  return {
    here: count(({ outcome }) => outcome === "local"),
    cloud: count(({ outcome }) => outcome === "cloud"),
    filtered: count(({ outcome }) => outcome === "filtered"),
    missed: count((frame) => isMissed(frame, deadlineMs)),
    bytesUp: per.map((some) => sum(some, ({ bytesUp }) => bytesUp)),
    accuracy: per.map((some) => some.length === 0 ? 0 : sum(some, ({ f1 }) => f1) / some.length),
  };
}
