/** The config that brings every frame to an operating point. */

import { bytes, f1, milliseconds, percent } from "../report/numbers.ts";
import { type MeasuredPoint, placedName } from "./measured_point.ts";
import type { MeasuredProfile, Tuned } from "./tuning.ts";

/**
 * The config as INI, with what it comes to above it; `undefined` when no point was chosen. A config
 * file that is valid as it stands, or sections to be copied into one.
 */
export function fragmentOf(
  { tuning, profiles, networks }: Omit<Tuned, "setting">,
): string | undefined {
  const { all: { chosen }, targets } = tuning;
  if (!chosen) return undefined;
  const names = profiles.map(({ head }) => head.name).join(", ");
  const over = networks.length === 0 ? "" : `, over ${networks.join(", ")}`;
  const worst = profiles.length * Math.max(1, networks.length) > 1 ? "; each at its worst" : "";
  const keys = [
    "service = detection",
    `control_policy = ${
      chosen.encoding ? "always_cloud_lowest_delay" : "always_local_fastest_model"
    }`,
    `model = ${chosen.model}`,
    ...chosen.encoding
      ? [`offload_height = ${chosen.encoding.height}`, `jpeg_quality = ${chosen.encoding.quality}`]
      : [],
    ...targets.latencyMs === undefined ? [] : [deadline(targets.latencyMs)],
    ...intervalOf(profiles),
  ];
  const threshold = Math.max(...profiles.map(({ head }) => head.scoreThreshold));
  return `; ${oneLine(`"smarteye lab tune" on ${names}${over}${worst}:`)}
; ${placedName(chosen)}, ${told(chosen)}
[edge-setting]
${keys.join("\n")}

; Where models run, here or in the cloud: the accuracy is that of detections from this score on.
[models]
score_threshold = ${threshold}
`;
}

/** What a point gives and costs, in one line. */
export function told(point: MeasuredPoint): string {
  const sent = point.bytes === 0
    ? "nothing is sent"
    : `${bytes(point.bytes)} a frame, ${bytes(point.bytesPerSec)}/s`;
  return `F1 ${f1(point.f1)} (${percent(point.share)} of the best), ${sent}, ` +
    (Number.isFinite(point.p95Ms)
      ? `95 % of frames within ${milliseconds(point.p95Ms)} ms`
      : `${percent(point.answered)} of frames have a result`);
}

/** What is late is of no use: nobody waits for it longer. */
function deadline(latencyMs: number): string {
  return `deadline_ms = ${Math.min(600_000, Math.max(1, Math.ceil(latencyMs)))}`;
}

/** Where only some frames of a video were profiled, no more of a camera's are to be taken. */
function intervalOf(profiles: readonly MeasuredProfile[]): readonly string[] {
  const rates = profiles.filter(({ head }) => head.every > 1).map(({ head }) => head.fps);
  return rates.length === 0 ? [] : [`interval = ${Math.round(1000 / Math.min(...rates))}`];
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
