/**
 * Which new track is a thing that was lost a moment ago. Trackers lose things behind others and find
 * them under a new number; a line would count such a thing twice, or never.
 */

import type { Size } from "../../core/frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import { distanceToSegment, type Point } from "./geometry.ts";
import { centreOf, type Thing } from "./thing.ts";

/** How long a thing may have been out of sight, ms. */
export const SUCCESSION_MS = 4000;

/** How many times as wide or as high as before it may be, or as small. */
const SIZE_RATIO_MAX = 1.6;

/** How far from where it would be, in shares of its size. */
const ASTRAY = 0.6;

/** And in shares of its size a second, as what stood goes when it begins to walk. */
const ASTRAY_A_SECOND = 1.2;

/** For how long that counts, ms: later it could be anybody. */
const ASTRAY_FOR_MS = 2000;

/** And in shares of the way that it would have gone. */
const ASTRAY_ON_WAY = 0.3;

/** How much nearer it has to be where it was never taken for what it is taken for now. */
const UNLIKE = 2;

/** Pixels from the frame's edge at which a box ends there. */
const EDGE = 2;

/** How near to an edge a thing is that may be cut by it a moment later, in shares of its size. */
const NEAR_EDGE = 1.5;

/** What of it would be in the frame still, as a share; with less it has left. */
const VISIBLE_MIN = 0.5;

/**
 * What each new track was before, by the track's number; those that were nothing are not in it.
 *
 * @param newcomers first detections of new tracks
 * @param lost things that are not in the frame
 */
export function successions(
  newcomers: readonly TrackedDetection[],
  lost: readonly Thing[],
  { atMs, ...size }: Size & { readonly atMs: number },
): ReadonlyMap<number, Thing> {
  const pairs = newcomers.flatMap((newcomer) =>
    lost.flatMap((thing) => {
      const astray = astrayOf(newcomer, thing, atMs);
      const mayBe = visibleOf(thing, atMs, size) >= VISIBLE_MIN && !comesIn(newcomer, thing, size);
      return astray <= 1 && mayBe ? [{ newcomer, thing, astray }] : [];
    })
  ).sort((a, b) => a.astray - b.astray);
  const found = new Map<number, Thing>();
  const taken = new Set<Thing>();
  for (const { newcomer, thing } of pairs) {
    if (found.has(newcomer.track_id!) || taken.has(thing)) continue;
    found.set(newcomer.track_id!, thing);
    taken.add(thing);
  }
  return found;
}

/** How far a new track is from what a thing would be by now; more than 1: it is another one. */
function astrayOf(newcomer: TrackedDetection, thing: Thing, atMs: number): number {
  const elapsedMs = atMs - thing.last.atMs;
  if (elapsedMs > SUCCESSION_MS) return Infinity;
  if (!isAsLarge(newcomer, thing)) return Infinity;
  const from = centreOf(thing.last);
  const way: Point = [thing.speed[0] * elapsedMs, thing.speed[1] * elapsedMs];
  // It may have gone on, or stopped on the way.
  const off = distanceToSegment(centreOf(newcomer), from, [from[0] + way[0], from[1] + way[1]]);
  const unseenS = Math.min(elapsedMs, ASTRAY_FOR_MS) / 1000;
  const mayBe = (ASTRAY + ASTRAY_A_SECOND * unseenS) * thing.size;
  const unlike = thing.votes.has(newcomer.label) ? 1 : UNLIKE;
  return unlike * off / (mayBe + ASTRAY_ON_WAY * Math.hypot(...way));
}

/** Whether a new track may be all of a thing, or what is seen of it: then one length of it is there. */
function isAsLarge({ box: [x1, y1, x2, y2] }: TrackedDetection, { extent }: Thing): boolean {
  const ratios = [(x2 - x1) / extent.width, (y2 - y1) / extent.height];
  return Math.max(...ratios) <= SIZE_RATIO_MAX && Math.max(...ratios) >= 1 / SIZE_RATIO_MAX;
}

/** Whether a new track comes into the frame from where a thing was nowhere near its edge. */
function comesIn({ box: [x1, y1, x2, y2] }: TrackedDetection, thing: Thing, of: Size): boolean {
  const [x, y] = centreOf(thing.last);
  const near = NEAR_EDGE * thing.size;
  return (x1 <= EDGE && x > near) || (x2 >= of.width - EDGE && of.width - x > near) ||
    (y1 <= EDGE && y > near) || (y2 >= of.height - EDGE && of.height - y > near);
}

/** Which share of a thing would be in the frame by now, if it had gone on. */
function visibleOf({ last, speed }: Thing, atMs: number, { width, height }: Size): number {
  const elapsedMs = atMs - last.atMs;
  const [x1, y1, x2, y2] = last.box;
  const [dx, dy] = [speed[0] * elapsedMs, speed[1] * elapsedMs];
  const shown = (from: number, to: number, size: number) =>
    Math.max(0, Math.min(size, to) - Math.max(0, from)) / (to - from);
  return shown(x1 + dx, x2 + dx, width) * shown(y1 + dy, y2 + dy, height);
}
