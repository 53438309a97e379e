/** YOLOv5's head (ultralytics/yolov5, `utils/general.py`, `non_max_suppression`). YOLOv6 and v7 have it too. */

import { best, type Candidate, centered, type Decoder, onlyOutput } from "./decoder.ts";

/**
 * One output `[1, N, 5 + classes]`: `cx, cy, w, h` in pixels of the input, objectness, classes; all
 * activations and anchors are in the model. `score = objectness · class`.
 */
export const decodeYolov5: Decoder = (outputs, { classes, scoreThreshold }): Candidate[] => {
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
