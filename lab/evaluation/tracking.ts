/**
 * How well things are followed: CLEAR MOT (K. Bernardin and R. Stiefelhagen, "Evaluating multiple
 * object tracking performance", 2008) and IDF1 (E. Ristani et al., "Performance measures and a data
 * set for multi-target, multi-camera tracking", 2016). Labels do not count.
 */

import { type Box, iou } from "../../core/detection.ts";
import { assign } from "../../edge/tracking/assignment.ts";

/** A thing, or what a tracker says of one, in one picture. */
export interface NamedBox {
  /** Which one it is: the same wherever it is the same thing. */
  readonly id: string | number;
  /** Pixels of the picture. */
  readonly box: Box;
}

/** One picture, by the truth and by a tracker. */
export interface TrackedPicture {
  /** What there is; no `id` twice. */
  readonly truth: readonly NamedBox[];
  /** What a tracker says; no `id` twice. */
  readonly found: readonly NamedBox[];
}

/** Counts over all pictures, and what is made of them. */
export interface TrackingScore {
  /** Boxes of the truth. */
  readonly objects: number;
  /** Boxes that are none of the truth's. */
  readonly falsePositives: number;
  /** Boxes of the truth that nothing was found for. */
  readonly misses: number;
  /** How often a thing is found under another id than when it was last found. */
  readonly switches: number;
  /** 1 − (falsePositives + misses + switches) / objects; below 0 at worst, NaN without objects. */
  readonly mota: number;
  /**
   * Share of boxes that are right when each thing has one id for good: 2·IDTP / (objects + found), 0
   * to 1; NaN when there is neither.
   */
  readonly idf1: number;
}

/** Overlap of boxes of the same thing. */
const OVERLAP_MIN = 0.5;

/** Holds what a tracker says of a video against the truth. */
export function scoreTracking(pictures: Iterable<TrackedPicture>): TrackingScore {
  const clear = new ClearMot();
  const identities = new Identities();
  for (const picture of pictures) {
    clear.add(picture);
    identities.add(picture);
  }
  return scored(clear.counts, identities.counts());
}

/** The scores of several videos as one: counts are added, ids of different videos are different. */
export function mergedScore(scores: readonly TrackingScore[]): TrackingScore {
  const sum = (of: (score: TrackingScore) => number) =>
    scores.reduce((total, score) => total + of(score), 0);
  const objects = sum((one) => one.objects);
  const found = sum((one) => one.objects - one.misses + one.falsePositives);
  return scored(
    {
      objects,
      falsePositives: sum((one) => one.falsePositives),
      misses: sum((one) => one.misses),
      switches: sum((one) => one.switches),
    },
    {
      right: sum((one) => {
        const boxes = 2 * one.objects - one.misses + one.falsePositives;
        return boxes === 0 ? 0 : one.idf1 * boxes / 2;
      }),
      boxes: objects + found,
    },
  );
}

type Counts = Pick<TrackingScore, "objects" | "falsePositives" | "misses" | "switches">;

function scored(counts: Counts, { right, boxes }: { right: number; boxes: number }): TrackingScore {
  const wrong = counts.falsePositives + counts.misses + counts.switches;
  return { ...counts, mota: 1 - wrong / counts.objects, idf1: 2 * right / boxes };
}

/** Finds for each picture who is who, keeping to what was so before where that still fits. */
class ClearMot {
  readonly counts = { objects: 0, falsePositives: 0, misses: 0, switches: 0 };
  /** Of a thing: the id under which it was last found. */
  readonly #idOf = new Map<string | number, string | number>();

  add({ truth, found }: TrackedPicture): void {
    const now = new Map<string | number, string | number>();
    const foundLeft = new Map(found.map((one) => [one.id, one]));
    const truthLeft = truth.filter((thing) => {
      const id = this.#idOf.get(thing.id);
      const same = id === undefined ? undefined : foundLeft.get(id);
      if (same === undefined || iou(thing.box, same.box) < OVERLAP_MIN) return true;
      now.set(thing.id, same.id);
      foundLeft.delete(same.id);
      return false;
    });
    const others = [...foundLeft.values()];
    for (const [row, column] of matches(truthLeft, others)) {
      const [thing, other] = [truthLeft[row]!, others[column]!];
      const id = this.#idOf.get(thing.id);
      if (id !== undefined && id !== other.id) this.counts.switches++;
      now.set(thing.id, other.id);
    }
    for (const [thing, id] of now) this.#idOf.set(thing, id);
    this.counts.objects += truth.length;
    this.counts.misses += truth.length - now.size;
    this.counts.falsePositives += found.length - now.size;
  }
}

/** Finds for the whole video who is best taken for whom. */
class Identities {
  readonly #truth = new Set<string | number>();
  readonly #found = new Set<string | number>();
  readonly #together = new Map<string | number, Map<string | number, number>>();
  #boxes = 0;

  add({ truth, found }: TrackedPicture): void {
    this.#boxes += truth.length + found.length;
    for (const { id } of truth) this.#truth.add(id);
    for (const { id } of found) this.#found.add(id);
    for (const thing of truth) {
      for (const other of found) {
        if (iou(thing.box, other.box) < OVERLAP_MIN) continue;
        const row = this.#together.get(thing.id) ?? new Map<string | number, number>();
        this.#together.set(thing.id, row.set(other.id, (row.get(other.id) ?? 0) + 1));
      }
    }
  }

  /** @returns boxes that are right (IDTP), and all. */
  counts(): { right: number; boxes: number } {
    const ids = [...this.#found];
    // Each pair that is taken is worth its boxes; one of nothing costs the limit and is not made.
    const costs = [...this.#truth].map((thing) =>
      ids.map((id) => -(this.#together.get(thing)?.get(id) ?? 0))
    );
    const right = assign(costs, 0).reduce((sum, [row, column]) => sum - costs[row]![column]!, 0);
    return { right, boxes: this.#boxes };
  }
}

/** Most pairs of boxes that overlap enough, and of those the ones that overlap most. */
function matches(truth: readonly NamedBox[], found: readonly NamedBox[]) {
  const apart = 1 + truth.length; // more than all pairs that fit cost together
  const costs = truth.map((thing) =>
    found.map((other) => {
      const distance = 1 - iou(thing.box, other.box);
      return distance > 1 - OVERLAP_MIN ? apart : distance;
    })
  );
  return assign(costs, apart);
}
