/** A thing that is followed, as zones and lines know it. */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { LabelVotes } from "../tracking/label_votes.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import type { Crossing } from "./crossing.ts";
import type { Point } from "./geometry.ts";
import type { Sighting } from "./sighting.ts";
import type { Stay } from "./stay.ts";

/** How far back a thing's speed looks, ms. */
const SPEED_MEMORY_MS = 400;

/** Time in which an extent that is not seen any more is forgotten to a third, ms. */
const EXTENT_MEMORY_MS = 4000;

/** One thing, whichever tracks it is in turn. */
export class Thing {
  /** What it was taken for. */
  readonly votes: LabelVotes;
  /** Its stays, by zone. */
  readonly stays: Map<string, Stay>;
  /** What it does at lines, by line. */
  readonly crossings: Map<string, Crossing>;
  /** Where it was seen last. */
  last: Sighting;
  /** Nothing more is to come of it, unless it comes back, or another track continues it. */
  isOver = false;
  /** Another track continues it, as far as one can tell: if it comes back itself, these are two. */
  hasHeir = false;
  #extent: Size;
  /** Pixels a millisecond. */
  #speed: Point | undefined;
  /** Where it was inferred last. */
  #inferred: Sighting;

  /**
   * Begins to follow it.
   *
   * @param trackId its number now
   * @param before what it was until now, under this number or another
   */
  constructor(readonly trackId: number, first: Sighting, before?: Thing) {
    this.votes = before?.votes.copy() ?? new LabelVotes();
    this.stays = before && !before.hasHeir ? before.stays : new Map();
    const crossings = [...before?.crossings ?? []];
    this.crossings = new Map(crossings.map(([line, crossing]) => [line, crossing.copy()]));
    this.#speed = before?.speed;
    this.last = this.#inferred = first;
    this.#extent = larger(first.box, before?.extent);
  }

  /** Its speed along x and y, pixels a millisecond. */
  get speed(): Point {
    return this.#speed ?? [0, 0];
  }

  /** What it is. */
  get label(): string {
    return this.votes.label ?? "";
  }

  /** Takes where it is now. */
  see(detection: TrackedDetection, now: Sighting): void {
    this.last = now;
    if (!now.isInferred) return;
    this.votes.add(detection.label, detection.score);
    const elapsedMs = now.atMs - this.#inferred.atMs;
    const left = Math.exp(-elapsedMs / EXTENT_MEMORY_MS);
    const { width, height } = this.#extent;
    this.#extent = larger(now.box, { width: left * width, height: left * height });
    if (elapsedMs > 0) {
      const [from, to] = [centreOf(this.#inferred), centreOf(now)];
      const share = this.#speed ? 1 - Math.exp(-elapsedMs / SPEED_MEMORY_MS) : 1;
      const along = (axis: 0 | 1) => {
        const speed = this.speed[axis];
        return speed + ((to[axis] - from[axis]) / elapsedMs - speed) * share;
      };
      this.#speed = [along(0), along(1)];
    }
    this.#inferred = now;
  }

  /**
   * Its width and height, pixels: the largest of late, since what covers a part of it makes no smaller
   * thing of it.
   */
  get extent(): Size {
    return this.#extent;
  }

  /** Root of their product, pixels. */
  get size(): number {
    return Math.sqrt(this.#extent.width * this.#extent.height);
  }
}

/** The middle of a box. */
export function centreOf({ box: [x1, y1, x2, y2] }: Pick<Sighting, "box">): Point {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}

function larger([x1, y1, x2, y2]: Box, { width, height }: Size = { width: 0, height: 0 }): Size {
  return { width: Math.max(width, x2 - x1), height: Math.max(height, y2 - y1) };
}
