/** What the last result says of a later frame, for whoever holds it against what is found there. */

import type { Detection } from "../../core/detection.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import { carried } from "../scene/carried.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import { Tracker } from "../tracking/tracker.ts";

/** A frame that a result is carried to: its time and its size. */
export type CarriedTo = Pick<CapturedPicture, "ptsMs" | "width" | "height">;

/** Carries the last result of one source on, as a run does. */
export class CarriedResult {
  readonly #tracker = new Tracker();
  #last: readonly TrackedDetection[] = [];

  /** Takes what was inferred in a frame; frames come in order. */
  see(detections: readonly Detection[], { ptsMs }: CarriedTo): void {
    this.#last = this.#tracker.update(detections, ptsMs).detections;
  }

  /** What is said to be in a later frame. @param still nothing has moved since. */
  at({ ptsMs, width, height }: CarriedTo, still: boolean): readonly Detection[] {
    return carried(this.#last, this.#tracker, { atMs: ptsMs, still, size: { width, height } });
  }
}
