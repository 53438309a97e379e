/** YOLOv5's head (ultralytics/yolov5, `utils/general.py`, `non_max_suppression`). YOLOv6 and v7 have it too. */

import { LETTERBOX } from "./conventions.ts";
import { best, type Candidate, centered, type Decoder, notOfFamily, positive } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { isCellCount } from "./grids.ts";
import { maskOfRow, rowsBesideMasks } from "./rows.ts";
import { isTransposed } from "./yolov8.ts";
import { areDecoded } from "./yolox.ts";

/**
 * One output `[1, N, 5 + classes]`: `cx, cy, w, h` in pixels of the input, objectness, classes; all
 * activations and anchors are in the model. `score = objectness · class`. Rows of
 * segmentation go on with the coefficients of a mask.
 */
const decodeYolov5: Decoder = (outputs, context): Candidate[] => {
  const { classes, scoreThreshold } = context;
  const size = 5 + classes;
  const rows = rowsBesideMasks(outputs);
  if (rows?.columns !== size) throw notOfFamily(outputs, "YOLOv5", `one output [1, N, ${size}]`);
  const { data, step } = rows;
  const candidates: Candidate[] = [];
  for (let at = 0; at < data.length; at += step) {
    const objectness = data[at + 4]!;
    if (!(objectness >= scoreThreshold)) continue; // a class's share is at most 1
    const { classId, value } = best(data, at + 5, classes);
    const score = objectness * value;
    if (!(score >= scoreThreshold)) continue;
    const box = centered(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!);
    candidates.push({ classId, score, box, ...maskOfRow(rows, at, box, context) });
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
      classesOf: (outputs, size, { names, forced }) => {
        const rows = rowsBesideMasks(outputs);
        // Fewer rows are objects that were kept, or a transformer's queries.
        const fits = rows && isCellCount(rows.n, size, [1, 2, 3]) &&
          !isTransposed(rows, size, names) &&
          (!isCellCount(rows.n, size) || areDecoded(rows.data, rows.step, size));
        return fits || forced ? positive((rows?.columns ?? 0) - 5) : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 0.45,
    },
  ],
  decode: decodeYolov5,
};
