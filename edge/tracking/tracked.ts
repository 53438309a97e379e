/** What tracking adds to a detection. */

import type { Detection } from "../../core/detection.ts";

/** A detection with the track that it belongs to. */
export interface TrackedDetection extends Detection {
  /** Number of the track, from 1; absent where it belongs to none, or to none yet. */
  readonly track_id?: number;
}
