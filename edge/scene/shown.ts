/** What a frame shows, as far as is known: found in it, or in an earlier one and moved on. */

import type { Classification } from "../../core/detection.ts";
import type { ZonedDetection } from "../zones/zone_watch.ts";

/** Findings, detections among them with their tracks and zones. */
export type ShownFindings =
  | { readonly detections: readonly ZonedDetection[] }
  | { readonly classifications: readonly Classification[] };

/** What a frame shows. */
export interface Shown {
  /** In pixels of the frame. */
  readonly findings: ShownFindings;
  /**
   * Milliseconds by which the frame that was inferred is older: what was found there was moved on. Absent
   * where that is this frame itself.
   */
  readonly ageMs?: number;
}
