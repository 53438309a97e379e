/** Which picture shows a thing best: the largest of those that are sure, and whole. */

import type { Box } from "../../core/detection.ts";
import type { Moment, SeenFrame } from "../scene/seen_frame.ts";

/** Share of the best score so far from which a detection is sure. */
const SURE = 0.8;

/** What one that is not sure is worth: it is kept only where there is no sure one. */
const UNSURE = 0.01;

/** What a box that touches the frame's edge is worth: who knows how much of the thing is outside. */
const CUT = 0.5;

/** How near to the edge that is, as a share of the frame. */
const AT_EDGE = 0.01;

/** How many times as good a picture must be to take another's place: pictures are encoded for it. */
const BETTER = 1.2;

/** A picture of a thing. */
export interface View extends Moment {
  /** Number of the frame. */
  readonly frame: number;
  /** Where it is in it, in the frame's pixels. */
  readonly box: Box;
  /** Confidence, 0 to 1. */
  readonly score: number;
}

/** Keeps the best of a row of pictures. */
export class BestViews {
  #best: { readonly view: View; readonly worth: number } | undefined;
  #topScore = 0;

  /** The best one so far. */
  get best(): View | undefined {
    return this.#best?.view;
  }

  /** Takes a picture. Whether it is the best one now. */
  consider(
    frame: SeenFrame,
    { box, score }: { readonly box: Box; readonly score: number },
  ): boolean {
    this.#topScore = Math.max(this.#topScore, score);
    const worth = worthOf(box, frame);
    const isBetter = !this.#best ||
      worth * this.#sureness(score) >
        BETTER * this.#best.worth * this.#sureness(this.#best.view.score);
    if (!isBetter) return false;
    const { index, atMs, wallMs } = frame;
    this.#best = { view: { frame: index, atMs, wallMs, box, score }, worth };
    return true;
  }

  #sureness(score: number): number {
    return score >= SURE * this.#topScore ? 1 : UNSURE * score / this.#topScore;
  }
}

function worthOf([x1, y1, x2, y2]: Box, { width, height }: SeenFrame): number {
  const [dx, dy] = [width * AT_EDGE, height * AT_EDGE];
  const isCut = x1 <= dx || y1 <= dy || x2 >= width - dx || y2 >= height - dy;
  const [w, h] = [Math.min(x2, width) - Math.max(x1, 0), Math.min(y2, height) - Math.max(y1, 0)];
  const share = Math.max(0, w) * Math.max(0, h) / (width * height);
  return share * (isCut ? CUT : 1);
}
