/** YOLOv8's head, also YOLO11's (ultralytics/ultralytics, `utils/nms.py`), and this project's own. */

import { LETTERBOX } from "./conventions.ts";
import { type Candidate, centered, type Decoder, onlyOutput, positive } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { rowsOf } from "./rows.ts";

/**
 * One output `[1, 4 + classes, N]`: rows `cx, cy, w, h` in pixels of the input, then one row a
 * class; there is no objectness, and all activations are in the model.
 */
const decodeYolov8: Decoder = (outputs, { classes, scoreThreshold }): Candidate[] => {
  const { data, dims } = onlyOutput(outputs, "YOLOv8", [1, 4 + classes, "N"]);
  const n = dims[2]!;
  const classIds = new Uint16Array(n);
  const scores = data.slice(4 * n, 5 * n);
  for (let c = 1, at = 5 * n; c < classes; c++) { // row by row, as they lie in memory
    for (let i = 0; i < n; i++, at++) {
      if (data[at]! > scores[i]!) [scores[i], classIds[i]] = [data[at]!, c];
    }
  }
  const candidates: Candidate[] = [];
  for (let i = 0; i < n; i++) {
    const score = scores[i]!;
    if (!(score >= scoreThreshold)) continue;
    const classId = classIds[i]!;
    const box = centered(data[i]!, data[n + i]!, data[2 * n + i]!, data[3 * n + i]!);
    candidates.push({ classId, score, box });
  }
  return candidates;
};

/** YOLOv8 and what has its head. */
export const yolov8: DetectorFamily = {
  service: "detection",
  name: "yolov8",
  layouts: [
    {
      about: "a YOLOv8-style head: a column a box, no objectness",
      classesOf: (outputs) => {
        const rows = rowsOf(outputs);
        return rows && rows.n < rows.columns ? positive(rows.n - 4) : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 0.45,
    },
  ],
  decode: decodeYolov8,
};
