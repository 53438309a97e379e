/** Which frames of a video are worth looking at: those on which contestants differ most. */

import type { ComparedFrame } from "./comparison.ts";

/** Milliseconds that two of them are apart, at least: neighbours show the same. */
const APART_MS = 1000;

/** Differences in F1 that nobody would see in a picture. */
const SPREAD_MIN = 0.01;

/** A frame that was picked. */
export interface PickedFrame {
  /** Its place in the video: 0, 1, 2 … */
  readonly place: number;
  /** The greatest F1 of a contestant less the least; of one alone, what it lacks of 1. */
  readonly spread: number;
}

/**
 * Picks the frames with the greatest spread of F1, each at least a second from the others; of two that
 * are alike the earlier one. Frames that all contestants were to take are picked, where there are any.
 *
 * @param contestants of each, every frame of the video in order.
 * @returns at most `count`, in order of time; fewer where contestants do not differ.
 */
export function pickFrames(
  contestants: readonly (readonly ComparedFrame[])[],
  count: number,
): readonly PickedFrame[] {
  const [first = []] = contestants;
  const isDue = (place: number) => contestants.every((frames) => frames[place]!.isDue);
  const places = [...first.keys()];
  const due = places.filter(isDue);
  // With an interval, of most frames only some contestants were to know anything.
  const spreads = (due.length > 0 ? due : places).map((place): PickedFrame => {
    const values = contestants.map((frames) => frames[place]!.f1);
    const most = contestants.length === 1 ? 1 : Math.max(...values);
    return { place, spread: most - Math.min(...values) };
  });
  const picked: PickedFrame[] = [];
  const atMs = ({ place }: PickedFrame) => first[place]!.ptsMs;
  for (const one of spreads.toSorted((a, b) => b.spread - a.spread || a.place - b.place)) {
    if (picked.length === count || one.spread < SPREAD_MIN) break;
    if (picked.every((other) => Math.abs(atMs(other) - atMs(one)) >= APART_MS)) picked.push(one);
  }
  return picked.sort((a, b) => a.place - b.place);
}
