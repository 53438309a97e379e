/** What an operating point has to meet, which one is chosen, and how far those are that do not. */

import { KEEPS_UP, type MeasuredPoint } from "./measured_point.ts";

/** What is asked of a point; all that is given is to be met. At least one is. */
export interface Targets {
  /** Least F1, as a share of the best point's: above 0, at most 1. */
  readonly accuracy: number | undefined;
  /** Most milliseconds within which 95 % of frames have a result. */
  readonly latencyMs: number | undefined;
  /** Most bytes a second. */
  readonly bytesPerSec: number | undefined;
}

/** Something that a point misses. */
export interface Shortfall {
  /** Which target; `frames`: too many have no result. */
  readonly target: "accuracy" | "latency" | "bytes" | "frames";
  /** What was found. */
  readonly found: number;
  /** What is wanted. */
  readonly wanted: number;
  /** By how much, as a share of what is wanted: above 0. */
  readonly by: number;
}

/** Whether it keeps up with the camera. */
export function keepsUp({ answered }: Pick<MeasuredPoint, "answered">): boolean {
  return answered >= KEEPS_UP;
}

/** What a point misses; nothing when it meets all targets. */
export function shortfalls(point: MeasuredPoint, targets: Targets): readonly Shortfall[] {
  const { accuracy, latencyMs, bytesPerSec } = targets;
  const missed: Shortfall[] = [];
  const atMost = (target: "latency" | "bytes", found: number, wanted: number | undefined) => {
    if (wanted === undefined || found <= wanted) return;
    missed.push({ target, found, wanted, by: found / wanted - 1 });
  };
  if (!keepsUp(point)) {
    const found = point.answered;
    missed.push({ target: "frames", found, wanted: KEEPS_UP, by: 1 - found / KEEPS_UP });
  }
  if (accuracy !== undefined && point.share < accuracy - ROUNDING) {
    const by = 1 - point.share / accuracy;
    missed.push({ target: "accuracy", found: point.share, wanted: accuracy, by });
  }
  // A point that does not keep up has no 95th percentile: that is said already.
  if (keepsUp(point)) atMost("latency", point.p95Ms, latencyMs);
  atMost("bytes", point.bytesPerSec, bytesPerSec);
  return missed;
}

/**
 * The point that meets all targets: with an accuracy that is enough the cheapest in bytes, then in
 * latency; else the most accurate, then the cheapest. `undefined` when none does.
 */
export function chosen(
  points: readonly MeasuredPoint[],
  targets: Targets,
): MeasuredPoint | undefined {
  const cheapest = (a: MeasuredPoint, b: MeasuredPoint) =>
    a.bytes - b.bytes || a.p95Ms - b.p95Ms || b.share - a.share;
  const mostAccurate = (a: MeasuredPoint, b: MeasuredPoint) => b.share - a.share || cheapest(a, b);
  const order = targets.accuracy === undefined ? mostAccurate : cheapest;
  return points.filter((point) => shortfalls(point, targets).length === 0).toSorted(order)[0];
}

/**
 * The point that misses its worst target by the least share of it. One that keeps up comes before all
 * that do not. `undefined` of no points.
 */
export function nearest(
  points: readonly MeasuredPoint[],
  targets: Targets,
): MeasuredPoint | undefined {
  const distance = (point: MeasuredPoint) =>
    Math.max(0, ...shortfalls(point, targets).map(({ by }) => by));
  return points.toSorted((a, b) =>
    Number(keepsUp(b)) - Number(keepsUp(a)) || distance(a) - distance(b)
  )[0];
}

/** Shares that two sums may differ by rounding. */
const ROUNDING = 1e-9;
