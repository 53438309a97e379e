/** YOLOv8's head, also YOLO11's (ultralytics/ultralytics, `utils/nms.py`), and this project's own. */

import type { Size } from "../../core/frame.ts";
import { LETTERBOX } from "./conventions.ts";
import {
  best,
  type Candidate,
  centered,
  type DecodeContext,
  type Decoder,
  notOfFamily,
  positive,
} from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { isCellCount } from "./grids.ts";
import { boxesBesideMasks, maskOfRow, type Rows, rowsBesideMasks, rowsOf } from "./rows.ts";

/** Values of a box. */
const BOX = 4;

/**
 * One output `[1, 4 + classes, N]`: rows `cx, cy, w, h` in pixels of the input, then one row a
 * class; there is no objectness, and all activations are in the model. Some exporters turn it to
 * `[1, N, 4 + classes]`. Segmentation goes on with the coefficients of a mask.
 */
const decodeYolov8: Decoder = (outputs, context): Candidate[] => {
  const { classes, scoreThreshold, input } = context;
  const { boxes, prototypes, coefficients } = boxesBesideMasks(outputs);
  const table = rowsOf(boxes);
  if (table?.n !== BOX + classes + coefficients) {
    const rows = rowsBesideMasks(outputs);
    if (rows?.columns === BOX + classes) return decodeRows(rows, context);
    throw notOfFamily(outputs, "YOLOv8", `one output [1, ${BOX + classes}, N]`);
  }
  const { data, columns: n } = table;
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
    const mask = () => {
      const own = (_: unknown, k: number) => data[(BOX + classes + k) * n + i]!;
      return prototypes!.mask(Float32Array.from({ length: coefficients }, own), box, input);
    };
    candidates.push({ classId, score, box, ...(prototypes ? { mask } : {}) });
  }
  return candidates;
};

function decodeRows(rows: Rows, context: DecodeContext): Candidate[] {
  const { data, step } = rows;
  const { classes, scoreThreshold } = context;
  const candidates: Candidate[] = [];
  for (let at = 0; at < data.length; at += step) {
    const { classId, value: score } = best(data, at + BOX, classes);
    if (!(score >= scoreThreshold)) continue;
    const box = centered(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!);
    candidates.push({ classId, score, box, ...maskOfRow(rows, at, box, context) });
  }
  return candidates;
}

/**
 * Whether a table that might be YOLOv5's, with an objectness, is YOLOv8's turned round: it has as many
 * columns as there are names, or as COCO has classes.
 */
export function isTransposed({ n, columns }: Rows, size: Size, names = 80): boolean {
  return isCellCount(n, size) && columns === BOX + names;
}

/** YOLOv8 and what has its head. */
export const yolov8: DetectorFamily = {
  service: "detection",
  name: "yolov8",
  layouts: [
    {
      about: "a YOLOv8-style head: a column a box, no objectness",
      classesOf: (outputs, size, { names, forced }) => {
        const { boxes, coefficients } = boxesBesideMasks(outputs);
        const table = rowsOf(boxes);
        if (table && table.n < table.columns && (forced || isCellCount(table.columns, size))) {
          return positive(table.n - BOX - coefficients);
        }
        const rows = rowsBesideMasks(outputs);
        return rows && (forced || isTransposed(rows, size, names))
          ? positive(rows.columns - BOX)
          : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 0.45,
    },
  ],
  decode: decodeYolov8,
};
