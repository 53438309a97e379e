/** Heads that need no suppression: YOLOv10 (Wang et al., 2024, arXiv:2405.14458), YOLO26. */

import { LETTERBOX } from "./conventions.ts";
import { type Candidate, type Decoder, notOfFamily } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import {
  areObjects,
  boxesBesideMasks,
  candidatesOfRows,
  objectRows,
  type RowPlaces,
  type Rows,
} from "./rows.ts";
import type { OutputTensor } from "./decoder.ts";

/** `x1, y1, x2, y2` in pixels of the input, score, class. */
const PLACES: RowPlaces = { columns: 6, box: 0, score: 4, classId: 5 };

/**
 * One output `[1, N, 6]` or `[N, 6]`, also that of Ultralytics' exports with `nms=True`; coefficients of
 * masks may follow. Its rows are objects already, so the manifest's `iou_threshold` is 1.
 */
const decodeEndToEnd: Decoder = (outputs, context): Candidate[] => {
  const rows = tableOf(outputs);
  if (!rows) throw notOfFamily(outputs, "an end-to-end head", "one output [1, N, 6]");
  return candidatesOfRows(rows, PLACES, context);
};

function tableOf(outputs: readonly OutputTensor[]): Rows | undefined {
  const { boxes: [output, ...more], prototypes, coefficients } = boxesBesideMasks(outputs);
  if (more.length > 0) return undefined;
  const rows = objectRows(output, PLACES.columns + coefficients);
  return rows && { ...rows, columns: PLACES.columns, prototypes };
}

/** Heads that suppress by themselves. */
export const endToEnd: DetectorFamily = {
  service: "detection",
  name: "end_to_end",
  layouts: [
    {
      about: "an end-to-end head: rows of corners, score, class",
      classesOf: (outputs, _, { forced }) => {
        const rows = tableOf(outputs);
        return rows && (forced || areObjects(rows, PLACES)) ? "untold" : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 1,
    },
  ],
  decode: decodeEndToEnd,
};
