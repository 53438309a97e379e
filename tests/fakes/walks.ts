/** Walks of things before a camera, seen as a detector and a tracker would see them, with the truth. */

import { pickIndex, type Rng } from "../../core/rng.ts";
import type { SeenFrame } from "../../edge/scene/seen_frame.ts";
import type { TrackedDetection } from "../../edge/tracking/tracked.ts";

/** Pixels of the scene. */
export const SCENE = { width: 640, height: 480 };

/** A place in the scene, pixels. */
export type Spot = readonly [x: number, y: number];

/** One thing: where its feet are, by the second. */
export interface Walk {
  /** What it is. */
  readonly label: string;
  /** Height of its box, pixels. */
  readonly tall: number;
  /** When it is seen first. */
  readonly startS: number;
  /** Spots in order, each with the seconds that it takes to get there from the one before. */
  readonly way: readonly (readonly [spot: Spot, seconds: number])[];
}

/** The height of the line that walks of {@link crossingWalk} go to and fro over, pixels. */
export const LINE_Y = 240;

/**
 * A walk over a line, to and fro, which now and then stands on it for a while. It stays on a side for
 * longer than it is out of sight.
 *
 * @param x about where, pixels
 */
export function crossingWalk(rng: Rng, x: number): Walk {
  const tall = 36 + 34 * rng();
  let side = rng() < 0.5 ? -1 : 1;
  const away = (): Spot => [x + 60 * (rng() - 0.5), LINE_Y + side * (0.5 + rng()) * tall];
  const start = away();
  const way: [Spot, number][] = [[start, 0], [start, 1]];
  const stand = (seconds: number) => way.push([way.at(-1)![0], seconds]);
  const go = (to: Spot) => {
    const [from] = way.at(-1)!;
    way.push([to, Math.hypot(to[0] - from[0], to[1] - from[1]) / tall / (0.5 + 0.9 * rng())]);
  };
  for (let hops = 1 + pickIndex(rng, 3); hops > 0; hops--) {
    if (rng() < 0.3) {
      go([x, LINE_Y]);
      stand(3 * rng());
    }
    if (rng() < 0.7) side = -side;
    go(away());
    stand(2.5 + rng());
  }
  return { label: rng() < 0.7 ? "person" : "dog", tall, startS: 2 * rng(), way };
}

/** How badly it is seen. */
export interface Sight {
  /** Frames a second that are inferred. */
  readonly fps: number;
  /** Deviation of a box's place, in shares of its size. */
  readonly jitter: number;
  /** How often it is taken for something else. */
  readonly flicker: number;
  /** How often a second it is lost for a while. */
  readonly lossesPerS: number;
  /** Longest loss, seconds. */
  readonly lossMaxS: number;
  /** How often it comes back under another number. */
  readonly newIds: number;
}

/** Where a walk is at a time; `undefined` before and after it. */
export function spotAt({ startS, way }: Walk, atS: number): Spot | undefined {
  let left = atS - startS;
  if (left < 0) return undefined;
  for (const [i, [to, seconds]] of way.entries()) {
    if (left <= seconds) {
      const from = way[i - 1]?.[0] ?? to;
      const share = seconds > 0 ? left / seconds : 1;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
    left -= seconds;
  }
  return undefined;
}

/** Until when a walk goes on as it does at a time. */
function legEndS({ startS, way }: Walk, atS: number): number {
  let endS = startS;
  for (const [_, seconds] of way) {
    endS += seconds;
    if (endS > atS) break;
  }
  return endS;
}

/** A number around 0 with a deviation of 1, nearly normal. */
function around(rng: Rng): number {
  return Array.from({ length: 6 }, rng).reduce((sum, value) => sum + value - 0.5, 0) * Math.SQRT2;
}

interface Seen {
  id: number;
  lostUntilS: number;
  isLost: boolean;
}

/** The frames in which walks are seen, for so many seconds. Tracks end 2.5 s after they were lost. */
export function* framesOf(
  walks: readonly Walk[],
  sight: Sight,
  seconds: number,
  rng: Rng,
): Generator<SeenFrame> {
  const seen = new Map<Walk, Seen>();
  const lastSeenS = new Map<number, number>();
  let nextId = 1;
  for (let i = 0; i <= seconds * sight.fps; i++) {
    const atS = i / sight.fps;
    const detections: TrackedDetection[] = [];
    for (const walk of walks) {
      const spot = spotAt(walk, atS);
      if (!spot) continue;
      const now = seen.get(walk) ?? { id: nextId++, lostUntilS: 0, isLost: false };
      seen.set(walk, now);
      if (atS < now.lostUntilS) continue;
      if (now.isLost && rng() < sight.newIds) now.id = nextId++;
      now.isLost = rng() < sight.lossesPerS / sight.fps;
      if (now.isLost) {
        // Nobody can know that something turned while it was out of sight.
        now.lostUntilS = Math.min(atS + sight.lossMaxS * rng(), legEndS(walk, atS) - 1 / sight.fps);
        continue;
      }
      detections.push({ ...detectionOf(walk, spot, sight, rng), track_id: now.id });
      lastSeenS.set(now.id, atS);
    }
    const ended = [...lastSeenS].filter(([_, at]) => atS - at > 2.5).map(([id]) => id);
    for (const id of ended) lastSeenS.delete(id);
    const atMs = atS * 1000;
    yield {
      ...{ index: i + 1, atMs, wallMs: 1.8e12 + atMs, ...SCENE },
      ...{ detections, ended, place: "local" },
    };
  }
}

function detectionOf(
  { label, tall }: Walk,
  [x, y]: Spot,
  { jitter, flicker }: Sight,
  rng: Rng,
): TrackedDetection {
  const wide = tall * 0.4;
  const off = jitter * Math.sqrt(tall * wide);
  const [dx, dy, dw, dh] = [0, 0, 0, 0].map(() => around(rng) * off);
  const feet: Spot = [x + dx!, y + dy!];
  const isMistaken = rng() < flicker;
  const others = ["motorcycle", "dog", "car"].filter((other) => other !== label);
  return {
    label: isMistaken ? others[pickIndex(rng, others.length)]! : label,
    class_id: 0,
    score: isMistaken ? 0.35 + 0.2 * rng() : 0.45 + 0.5 * rng(),
    box: [
      feet[0] - (wide + dw!) / 2,
      feet[1] - tall - dh!,
      feet[0] + (wide + dw!) / 2,
      feet[1],
    ],
  };
}
