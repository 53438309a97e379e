/** Zones and lines of a scene, as they are set: resolved and checked. */

import type { Point } from "./geometry.ts";

/** Where a zone is, in shares of the frame: 0,0 is its upper left corner, 1,1 the lower right one. */
export type ZoneShape =
  | {
    /** An area. */
    readonly kind: "polygon";
    /** Its corners, at least three. */
    readonly points: readonly Point[];
  }
  | {
    /** A line that things cross. */
    readonly kind: "line";
    /** Its first point. */
    readonly from: Point;
    /** Its second point: whoever goes from the left of the way there to its right goes in. */
    readonly to: Point;
  };

/** Which point of a box is where a thing stands: the middle of its lower edge, or of all of it. */
export type Anchor = "bottom" | "center";

/** Every anchor, in the order in which help names them. */
export const ANCHORS: readonly Anchor[] = ["bottom", "center"];

/** One zone or line. */
export interface ZoneOptions {
  /** Tells it from the others of its source. */
  readonly name: string;
  /** Where it is. */
  readonly shape: ZoneShape;
  /** Labels that it is meant for; empty: all. */
  readonly classes: readonly string[];
  /** Milliseconds in it after which a thing loiters; 0: nothing ever does. */
  readonly dwellMs: number;
  /** Which point of a box counts. */
  readonly anchor: Anchor;
  /** Names of the sources that it is of; empty: all. */
  readonly sources: readonly string[];
}
