/** One look at a thing. */

import type { Box } from "../../core/detection.ts";
import type { Moment } from "../scene/seen_frame.ts";
import type { Point } from "./geometry.ts";

/** Where a thing was in a frame. */
export interface Sighting extends Moment {
  /** Number of the frame. */
  readonly frame: number;
  /** In pixels of the frame. */
  readonly box: Box;
  /** It was inferred there, not carried forward: only that says that something changed. */
  readonly isInferred: boolean;
}

/** How near to a zone or a line that is. */
export interface Place {
  /** Where it stands, in pixels. */
  readonly point: Point;
  /** The root of its box's area, in pixels. */
  readonly size: number;
}
