/** What a result says of later frames: what was found, moved on as it has been seen to move. */

import type { Detection } from "../../core/detection.ts";
import { Tracker } from "../tracking/tracker.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";

/** Carries the last result of one source on. */
export class CarriedResult {
  readonly #tracker = new Tracker();
  #last: readonly TrackedDetection[] = [];

  /** Takes what was inferred in a frame. @param atMs its time in the source, never less than before. */
  see(detections: readonly Detection[], atMs: number): void {
    this.#last = this.#tracker.update(detections, atMs).detections;
  }

  /**
   * What there is to be at a later time: what is not followed yet is where it was.
   *
   * @param still nothing has moved since.
   */
  at(atMs: number, still: boolean): readonly Detection[] {
    if (still) return this.#last;
    const moved = new Map(this.#tracker.at(atMs).map((one) => [one.track_id, one]));
    return this.#last.map((one) => moved.get(one.track_id) ?? one);
  }
}
