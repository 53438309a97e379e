/** YOLOv8's head, also YOLO11's (ultralytics/ultralytics, `utils/nms.py`), and this project's own. */

import { type Candidate, centered, type Decoder, onlyOutput } from "./decoder.ts";

/**
 * One output `[1, 4 + classes, N]`: rows `cx, cy, w, h` in pixels of the input, then one row a
 * class; there is no objectness, and all activations are in the model.
 */
export const decodeYolov8: Decoder = (outputs, { classes, scoreThreshold }): Candidate[] => {
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
