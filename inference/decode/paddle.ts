/**
 * PP-YOLOE, RT-DETR and others of PaddleDetection, as paddle2onnx exports them (PaddleDetection,
 * `ppdet/modeling/heads/ppyoloe_head.py` and `post_process.py`, Apache-2.0).
 */

import { PLAIN, SHARES } from "./conventions.ts";
import { type Candidate, type Decoder, notOfFamily, type OutputTensor } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { areObjects, candidatesOfRows, objectRows, type RowPlaces, type Rows } from "./rows.ts";

/** Class, score, `x1, y1, x2, y2` in pixels of the input, which is given as its own scale. */
const PLACES: RowPlaces = { columns: 6, classId: 0, score: 1, box: 2 };

/** Rows `[N, 6]`, suppressed already, and how many of them are each picture's. */
const decode: Decoder = (outputs, context): Candidate[] => {
  const rows = rowsIn(outputs);
  if (!rows) throw notOfFamily(outputs, "PaddleDetection's", "rows [N, 6] and how many [1]");
  return candidatesOfRows(rows, PLACES, context);
};

function rowsIn(outputs: readonly OutputTensor[]): Rows | undefined {
  const table = outputs.find((output) => objectRows(output, PLACES.columns));
  const count = outputs.find((output) => output !== table);
  const rows = objectRows(table, PLACES.columns);
  if (!rows || outputs.length > 2 || (count && count.data.length !== 1)) return undefined;
  return count ? { ...rows, n: Math.min(rows.n, Math.max(0, count.data[0] || 0)) } : rows;
}

/** PaddleDetection's exports. */
export const paddle: DetectorFamily = {
  service: "detection",
  name: "paddle",
  layouts: [
    {
      about: "PaddleDetection's: rows of class, score, corners",
      classesOf: (outputs, _, { forced }) => {
        const rows = rowsIn(outputs);
        return rows && (forced || areObjects(rows, PLACES)) ? "untold" : undefined;
      },
      input: { ...PLAIN, color: "rgb", ...SHARES, fit: "stretch" },
      scoreThreshold: 0.5,
      iouThreshold: 1,
    },
  ],
  decode,
};
