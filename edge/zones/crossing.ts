/** A thing at a line: on which side it is, and that it came over. */

import { between, type Point } from "./geometry.ts";
import type { CrossNote } from "./note.ts";
import { type Change, SettledSide, type Side } from "./settled_side.ts";
import { bandsOf, type Border } from "./shape.ts";
import type { Place, Sighting } from "./sighting.ts";

/** Over a line, from its left or from its right. */
export type Direction = CrossNote["direction"];

/** Crossings of a thing of which the line does not know yet whether it is meant for it. */
const WAITING_MAX = 16;

/** One thing at one line. */
export class Crossing {
  #side: SettledSide | undefined;
  /** Where it was inferred last, and how far to the right that is. */
  #last: { readonly point: Point; readonly right: number } | undefined;
  /** Where it went over the line's whole straight last: from 0 to 1 on the line itself. */
  #along = 0;
  /** What it crossed, and nobody has counted. */
  #waiting: Direction[] = [];
  /** Whoever was counted in is counted out, whatever it is taken for by then. */
  #isCounted = false;

  /** The same once more, that goes its own way from here. */
  copy(): Crossing {
    const copy = new Crossing();
    copy.#side = this.#side?.copy();
    copy.#last = this.#last;
    copy.#along = this.#along;
    copy.#waiting = [...this.#waiting];
    copy.#isCounted = this.#isCounted;
    return copy;
  }

  /**
   * Takes where the thing is now.
   *
   * @param isMeant whether the line is meant for such a thing
   * @return what is to be counted now
   */
  see(
    border: Border,
    { point, size }: Place,
    now: Sighting,
    isMeant: boolean,
  ): readonly Direction[] {
    const right = border.sideOf(point);
    const bands = bandsOf(size);
    if (!this.#side) {
      // What begins on the line comes from neither side.
      const isClear = Math.abs(right) > bands.clear / 2;
      this.#side = new SettledSide(isClear ? Math.sign(right) as Side : 0);
    }
    if (now.isInferred) this.#follow(border, point, right);
    const change = now.isInferred
      ? this.#side.see(right, bands, now)
      : this.#side.elapse(Math.sign(right) as Side, now);
    return this.#count(change, isMeant);
  }

  /** Takes that the thing is seen no more. */
  end(isMeant: boolean): readonly Direction[] {
    return this.#count(this.#side?.end(), isMeant);
  }

  #follow(border: Border, point: Point, right: number): void {
    const last = this.#last;
    if (right === 0) return; // on the line itself: it is still where it was
    if (last && Math.sign(last.right) !== Math.sign(right)) {
      const share = last.right / (last.right - right);
      this.#along = border.alongOf(between(last.point, point, share));
    }
    this.#last = { point, right };
  }

  #count(change: Change | undefined, isMeant: boolean): readonly Direction[] {
    const isOnLine = this.#along >= 0 && this.#along <= 1;
    if (change && change.from !== 0 && isOnLine) {
      this.#waiting.push(change.from < 0 ? "in" : "out");
      // To and fro is nothing.
      if (this.#waiting.length > WAITING_MAX) this.#waiting.splice(0, 2);
    }
    if (this.#waiting.length === 0 || !(isMeant || this.#isCounted)) return [];
    this.#isCounted = true;
    const crossed = this.#waiting;
    this.#waiting = [];
    return crossed;
  }
}
