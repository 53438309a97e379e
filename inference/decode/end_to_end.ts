/** Heads that need no suppression: YOLOv10 (Wang et al., 2024, arXiv:2405.14458), YOLO26. */

import { LETTERBOX } from "./conventions.ts";
import { type Candidate, type Decoder, onlyOutput } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { rowsOf } from "./rows.ts";

const SIZE = 6;

/**
 * One output `[1, N, 6]`: `x1, y1, x2, y2` in pixels of the input, score, class. Its rows are
 * objects already, so the manifest's `iou_threshold` is 1.
 */
const decodeEndToEnd: Decoder = (outputs, { classes, scoreThreshold }): Candidate[] => {
  const { data } = onlyOutput(outputs, "an end-to-end head", [1, "N", SIZE]);
  const candidates: Candidate[] = [];
  for (let at = 0; at < data.length; at += SIZE) {
    const score = data[at + 4]!;
    const classId = data[at + 5]!;
    if (!(score >= scoreThreshold) || !(classId >= 0 && classId < classes)) continue;
    const box = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!] as const;
    candidates.push({ classId: Math.trunc(classId), score, box });
  }
  return candidates;
};

/** Heads that suppress by themselves. */
export const endToEnd: DetectorFamily = {
  service: "detection",
  name: "end_to_end",
  layouts: [
    {
      about: "an end-to-end head: rows of corners, score, class",
      classesOf: (outputs) => rowsOf(outputs)?.columns === SIZE ? "untold" : undefined,
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 1,
    },
  ],
  decode: decodeEndToEnd,
};
