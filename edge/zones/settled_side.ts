/**
 * On which side of a border something is, told when that is sure: a box's edges tremble, and what stands
 * on a border is on both sides in turn. It goes by time and not by frames, so that it is the same at 2
 * and at 25 frames a second.
 */

import type { Moment } from "../scene/seen_frame.ts";

/** A side: −1 and +1, or neither. */
export type Side = -1 | 0 | 1;

/** How long something is clearly beyond before it counts, ms: one wrong box says nothing. */
const MOMENT_MS = 200;

/** How long it is beyond on average, where it is not clearly so, ms. */
const LINGER_MS = 2000;

/** How far back that average looks, ms: the time in which what was is forgotten to a third. */
const MEMORY_MS = 2000;

/** How far from a border something is clearly beyond it, and how far it is so on average. */
export interface Bands {
  /** More than boxes tremble. */
  readonly clear: number;
  /** More than their mean does; less than `clear`. */
  readonly mean: number;
}

/** A change from one side to the other. */
export interface Change {
  /** Where it was; 0 where that was not known. */
  readonly from: Side;
  /** Since when it is where it is now. */
  readonly since: Moment;
}

/** The side of one thing at one border. */
export class SettledSide {
  #side: Side;
  /** The latest sighting's side, since when it is that without a break, and whether clearly by now. */
  #raw: { readonly side: Side; readonly since: Moment; isClear: boolean } | undefined;
  /** Mean distance in shares of the clear band. */
  #mean = 0;
  /** Since when the mean is beyond. */
  #meanSince: Moment | undefined;
  #lastMs = 0;

  /** Has seen nothing yet. @param side where it was until now */
  constructor(side: Side) {
    this.#side = side;
  }

  /** The same once more, that goes its own way from here. */
  copy(): SettledSide {
    const copy = new SettledSide(this.#side);
    copy.#raw = this.#raw && { ...this.#raw };
    copy.#mean = this.#mean;
    copy.#meanSince = this.#meanSince;
    copy.#lastMs = this.#lastMs;
    return copy;
  }

  /** Where it is, for sure. */
  get side(): Side {
    return this.#side;
  }

  /** Since when it is seen on the side that it was seen on last, sure or not. */
  get seenSince(): Moment | undefined {
    return this.#raw?.since;
  }

  /**
   * Takes a sighting.
   *
   * @param distance from the border, above 0 on the side +1, in any unit
   * @param bands in the same unit
   */
  see(distance: number, { clear, mean }: Bands, now: Moment): Change | undefined {
    const side = Math.sign(distance) as Side || this.#raw?.side || 0;
    const shown = Math.max(-1, Math.min(1, distance / clear));
    if (!this.#raw) this.#mean = shown;
    else this.#mean += (shown - this.#mean) * (1 - Math.exp((this.#lastMs - now.atMs) / MEMORY_MS));
    this.#lastMs = now.atMs;
    if (this.#raw?.side !== side) this.#raw = { side, since: now, isClear: false };
    this.#raw.isClear ||= Math.abs(distance) > clear;
    const isMeanBeyond = Math.sign(this.#mean) !== this.#side &&
      Math.abs(this.#mean) * clear > mean;
    this.#meanSince = isMeanBeyond ? this.#meanSince ?? now : undefined;
    return this.elapse(side, now);
  }

  /** Takes that time went by, and where it is now by what was seen before. */
  elapse(side: Side, { atMs }: Moment): Change | undefined {
    const raw = this.#raw;
    if (!raw || side !== raw.side) return undefined;
    if (raw.isClear && atMs - raw.since.atMs >= MOMENT_MS) return this.#settle(raw.side, raw.since);
    const since = this.#meanSince;
    if (since && atMs - since.atMs >= LINGER_MS) {
      return this.#settle(Math.sign(this.#mean) as Side, since);
    }
    return undefined;
  }

  /** Takes that it is seen no more: where it clearly was last counts at once. */
  end(): Change | undefined {
    return this.#raw?.isClear ? this.#settle(this.#raw.side, this.#raw.since) : undefined;
  }

  #settle(side: Side, since: Moment): Change | undefined {
    if (side === this.#side) return undefined;
    const from = this.#side;
    this.#side = side;
    this.#meanSince = undefined;
    return { from, since };
  }
}
