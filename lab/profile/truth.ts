/** What is in each frame of a video, by labels that somebody gave. */

import { readFileLines } from "../json_lines.ts";
import { z } from "zod";
import type { Detection } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";

const Thing = z.object({
  label: z.string(),
  class_id: z.number().int().default(0),
  score: z.number().min(0).max(1).default(1),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
});

/** A line of `results.jsonl`, or of the truth beside a rendered street. */
const Line = z.object({
  frame: z.number().int().min(1),
  detections: z.array(Thing).optional(),
  objects: z.array(Thing).optional(),
}).refine(({ detections, objects }) => detections !== undefined || objects !== undefined, {
  message: "neither detections nor objects",
});

/**
 * Reads labels: a file of JSON Lines, `{frame, detections | objects: [{label, box}]}`, with frames
 * numbered from 1 and boxes `[x1, y1, x2, y2]` in pixels: what `smarteye edge` and `smarteye sample`
 * write. Lines about anything else than frames are passed over.
 *
 * @returns what is in each frame that has a line.
 * @throws {SmarteyeError} `invalid_argument` when a line is not like that.
 */
export async function readTruth(path: string): Promise<ReadonlyMap<number, readonly Detection[]>> {
  const truth = new Map<number, readonly Detection[]>();
  for await (const { number, value } of readFileLines(path, "labels")) {
    if (typeof value === "object" && value !== null && "event" in value) continue;
    const parsed = Line.safeParse(value);
    if (!parsed.success) {
      const { path: at, message } = parsed.error.issues[0]!;
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot read the labels "${path}": line ${number} has ${at.join(".") || "a line"} with ` +
          `"${message}", {frame, detections: [{label, box: [x1, y1, x2, y2]}]} is wanted`,
      );
    }
    const { frame, detections, objects } = parsed.data;
    truth.set(frame, detections ?? objects!);
  }
  return truth;
}
