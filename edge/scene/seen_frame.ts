/** A frame as what watches a scene sees it: when it was, and what is in it. */

import type { Size } from "../../core/frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";

/** When something was, by both clocks. */
export interface Moment {
  /** Time in the source, milliseconds; never less than in a frame before. Durations count by it. */
  readonly atMs: number;
  /** Time of capture, milliseconds since the Unix epoch: it is what people are told. */
  readonly wallMs: number;
}

/** One frame of a source, in the order of capture. */
export interface SeenFrame extends Moment, Size {
  /** Its number in the run. */
  readonly index: number;
  /** What is in it, boxes in its pixels. */
  readonly detections: readonly TrackedDetection[];
  /** Tracks that are over since the frame before. */
  readonly ended: readonly number[];
  /** Where it was inferred; `undefined`: nowhere, its detections were carried forward. */
  readonly place: "local" | "cloud" | undefined;
}
