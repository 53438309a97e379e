/** What a frame shows, drawn on its picture: zones, boxes with tracks, a caption. */

import { scaleBox } from "../../core/detection.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import { annotate } from "../../drawing/annotate.ts";
import { Canvas } from "../../drawing/canvas.ts";
import type { Typesetter } from "../../drawing/lettering.ts";
import type { ZoneOverlay } from "../../drawing/zones.ts";
import type { FrameRecord } from "../record.ts";
import type { Shown, ShownFindings } from "../scene/shown.ts";

/**
 * Draws into the pixels, which may be of another size than the frame.
 *
 * @param size the frame's.
 */
export function drawFrame(
  pixels: Pixels,
  size: Size,
  { shown, record }: { readonly shown: Shown; readonly record: FrameRecord },
  zones: ZoneOverlay,
  type: Typesetter,
): void {
  zones.draw(new Canvas(pixels), type);
  const isCarried = shown.ageMs !== undefined;
  annotate(pixels, scaled(shown.findings, size, pixels), captionOf(record), type, isCarried);
}

function captionOf({ frame, outcome, server, model, latency_ms, age_ms }: FrameRecord): string {
  if (age_ms !== undefined) return `#${frame} ${outcome}, ${age_ms.toFixed(0)} ms old`;
  const place = outcome === "cloud" ? `cloud ${server}` : "edge";
  return `#${frame} ${place} ${model} ${latency_ms.toFixed(0)} ms`;
}

/** Masks are laid over whatever size there is. */
function scaled(findings: ShownFindings, from: Size, to: Size): ShownFindings {
  if (!("detections" in findings)) return findings;
  if (from.width === to.width && from.height === to.height) return findings;
  return {
    detections: findings.detections.map((d) => ({ ...d, box: scaleBox(d.box, from, to) })),
  };
}
