/**
 * The way that a thing went, in few points however long it takes: what is kept is where it would have
 * been elsewhere if it had gone straight on between the points around it at an even speed. This is
 * SQUISH (Muckell et al., "SQUISH: an online approach for GPS trajectory compression", COM.Geo 2011).
 */

/** Where and when. */
export type PathPoint = readonly [x: number, y: number, seconds: number];

/** Points that are kept. */
const POINTS_MAX = 64;

/** What a point may be away from the way without it, in shares of the frame. */
const TOLERANCE = 0.005;

interface Kept {
  readonly point: PathPoint;
  /** What was left out beside it may have been so far away, too. */
  debt: number;
}

/** A way, point by point. */
export class Path {
  readonly #kept: Kept[] = [];

  /** Takes where it is now. @param point x and y as shares of the frame, later than the one before */
  add(point: PathPoint): void {
    this.#kept.push({ point, debt: 0 });
    if (this.#kept.length > POINTS_MAX) this.#drop(Infinity);
  }

  /** The way, as little of it as says the same. */
  points(): readonly PathPoint[] {
    const copy = new Path();
    copy.#kept.push(...this.#kept.map((one) => ({ ...one, debt: 0 })));
    while (copy.#drop(TOLERANCE));
    return copy.#kept.map(({ point }) => point);
  }

  /** Leaves out the point that is missed least, if that is at most so far away from the way without it. */
  #drop(most: number): boolean {
    const kept = this.#kept;
    let [least, at] = [most, -1];
    for (let i = 1; i < kept.length - 1; i++) {
      const off = kept[i]!.debt + offWay(kept[i - 1]!.point, kept[i]!.point, kept[i + 1]!.point);
      if (off < least) [least, at] = [off, i];
    }
    if (at < 0) return false;
    for (const neighbour of [kept[at - 1]!, kept[at + 1]!]) {
      neighbour.debt = Math.max(neighbour.debt, least);
    }
    kept.splice(at, 1);
    return true;
  }
}

/** How far a point is from where one is at its time who goes from the one before straight to the one after. */
function offWay(before: PathPoint, [x, y, seconds]: PathPoint, after: PathPoint): number {
  const whole = after[2] - before[2];
  const share = whole > 0 ? (seconds - before[2]) / whole : 0;
  return Math.hypot(
    x - before[0] - (after[0] - before[0]) * share,
    y - before[1] - (after[1] - before[1]) * share,
  );
}
