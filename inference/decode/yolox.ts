/** YOLOX (Ge et al., 2021, arXiv:2107.08430; `yolox/utils/demo_utils.py`, Apache-2.0). */

import type { Size } from "../../core/frame.ts";
import { BYTES, PLAIN } from "./conventions.ts";
import { best, type Candidate, centered, type Decoder, onlyOutput, positive } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { cellsOf, gridsOf } from "./grids.ts";
import { rowsOf } from "./rows.ts";

const STRIDES = [8, 16, 32] as const;

/**
 * One output `[1, anchors, 5 + classes]`, anchor-free, the grids of strides 8, 16 and 32 one after
 * the other, row by row: `cx = (tx + column) · stride`, `w = exp(tw) · stride` in pixels of the
 * input; objectness and classes are sigmoids already; `score = objectness · class`.
 */
const decodeYolox: Decoder = (
  outputs,
  { input, classes, scoreThreshold },
): Candidate[] => {
  const grids = gridsOf(input, STRIDES);
  const size = 5 + classes;
  const { data } = onlyOutput(outputs, "YOLOX", [1, cellsOf(grids), size]);
  const candidates: Candidate[] = [];
  let at = 0;
  for (const { stride, columns, rows } of grids) {
    for (let cell = 0; cell < rows * columns; cell++, at += size) {
      const objectness = data[at + 4]!;
      if (!(objectness >= scoreThreshold)) continue; // a class's share is at most 1
      const { classId, value } = best(data, at + 5, classes);
      const score = objectness * value;
      if (!(score >= scoreThreshold)) continue;
      const cx = (data[at]! + cell % columns) * stride;
      const cy = (data[at + 1]! + Math.floor(cell / columns)) * stride;
      const w = Math.exp(data[at + 2]!) * stride;
      const h = Math.exp(data[at + 3]!) * stride;
      candidates.push({ classId, score, box: centered(cx, cy, w, h) });
    }
  }
  return candidates;
};

/** Whether rows begin with centres in pixels: those of cells reach over the whole input. */
export function areDecoded(data: Float32Array, columns: number, { width }: Size): boolean {
  let highest = 0;
  for (let at = 0; at < data.length; at += columns) highest = Math.max(highest, data[at]!);
  return highest > width / 2;
}

/** YOLOX, its boxes not decoded yet. */
export const yolox: DetectorFamily = {
  service: "detection",
  name: "yolox",
  layouts: [
    {
      about: "YOLOX: a row a cell of strides 8, 16 and 32, not decoded yet",
      classesOf: (outputs, size) => {
        const rows = rowsOf(outputs);
        if (rows?.n !== cellsOf(gridsOf(size, STRIDES))) return undefined;
        return areDecoded(rows.data, rows.columns, size) ? undefined : positive(rows.columns - 5);
      },
      input: { ...PLAIN, color: "bgr", ...BYTES, fit: "letterbox_top_left", pad: 114 },
      scoreThreshold: 0.35,
      iouThreshold: 0.45,
    },
  ],
  decode: decodeYolox,
};
