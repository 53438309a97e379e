/** YOLOv5's head (ultralytics/yolov5, `utils/general.py`, `non_max_suppression`). YOLOv6 and v7 have it too. */

import { LETTERBOX } from "./conventions.ts";
import { best, type Candidate, centered, type Decoder, onlyOutput, positive } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { cellsOf, gridsOf } from "./grids.ts";
import { rowsOf } from "./rows.ts";

/**
 * One output `[1, N, 5 + classes]`: `cx, cy, w, h` in pixels of the input, objectness, classes; all
 * activations and anchors are in the model. `score = objectness · class`.
 */
const decodeYolov5: Decoder = (outputs, { classes, scoreThreshold }): Candidate[] => {
  const size = 5 + classes;
  const { data } = onlyOutput(outputs, "YOLOv5", [1, "N", size]);
  const candidates: Candidate[] = [];
  for (let at = 0; at < data.length; at += size) {
    const objectness = data[at + 4]!;
    if (!(objectness >= scoreThreshold)) continue; // a class's share is at most 1
    const { classId, value } = best(data, at + 5, classes);
    const score = objectness * value;
    if (!(score >= scoreThreshold)) continue;
    const box = centered(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!);
    candidates.push({ classId, score, box });
  }
  return candidates;
};

/** YOLOv5 and what has its head. */
export const yolov5: DetectorFamily = {
  service: "detection",
  name: "yolov5",
  layouts: [
    {
      about: "a YOLOv5-style head: rows of box, objectness, classes",
      classesOf: (outputs, size) => {
        const rows = rowsOf(outputs);
        const cells = cellsOf(gridsOf(size, [8, 16, 32]));
        if (!rows || (rows.columns === 6 && rows.n < cells)) return undefined; // an end-to-end head
        return rows.n > rows.columns ? positive(rows.columns - 5) : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 0.45,
    },
  ],
  decode: decodeYolov5,
};
