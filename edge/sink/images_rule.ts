/** Which frames become images. */

import type { ImagesRule } from "../options.ts";
import type { Ending } from "../record.ts";
import type { Shown, ShownFindings } from "../scene/shown.ts";

/**
 * Whether a rule may want the picture of a frame that ended so: only what was inferred is drawn, or
 * filtered since the last result does. What a filtered frame shows is not known yet.
 *
 * @param index the frame's number.
 */
export function mayBeDrawn(rule: ImagesRule, ending: Ending, index: number): boolean {
  const isInferred = "findings" in ending;
  if (!isInferred && ending.outcome !== "filtered") return false;
  if (rule === "none" || rule === "all") return rule === "all";
  if (rule === "detections") return !isInferred || findingsIn(ending.findings) > 0;
  return (index - 1) % rule.every === 0;
}

/** Whether one of those is drawn, by what it shows. */
export function isDrawn(rule: ImagesRule, shown: Shown | undefined): shown is Shown {
  return shown !== undefined && (rule !== "detections" || findingsIn(shown.findings) > 0);
}

/** The name of the image of a frame, by the frame's number. */
export function imageName(index: number): string {
  return `frame_${String(index).padStart(6, "0")}.jpg`;
}

function findingsIn(findings: ShownFindings): number {
  return "detections" in findings ? findings.detections.length : findings.classifications.length;
}
