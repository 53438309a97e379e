/** A thing that is followed, as zones and lines know it. */

import { LabelVotes } from "../scene/label_votes.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import type { Crossing } from "./crossing.ts";
import type { Point } from "./geometry.ts";
import { sizeOf } from "./shape.ts";
import type { Sighting } from "./sighting.ts";
import type { Stay } from "./stay.ts";

/** How far back a thing's speed looks, ms. */
const SPEED_MEMORY_MS = 400;

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
  /** Nothing more is to come of it, unless another track continues it. */
  isOver = false;
  /** Pixels a millisecond. */
  #speed: Point | undefined;
  /** Where it was inferred last. */
  #inferred: Sighting;

  /**
   * Begins to follow it.
   *
   * @param trackId its number now
   * @param before what it was until now, under another number
   */
  constructor(readonly trackId: number, first: Sighting, before?: Thing) {
    this.votes = before?.votes ?? new LabelVotes();
    this.stays = before?.stays ?? new Map();
    this.crossings = before?.crossings ?? new Map();
    this.#speed = before?.speed;
    this.last = this.#inferred = first;
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

  /** Its size when it was seen last, pixels. */
  get size(): number {
    return sizeOf(this.last.box);
  }
}

/** The middle of a box. */
export function centreOf({ box: [x1, y1, x2, y2] }: Pick<Sighting, "box">): Point {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}
