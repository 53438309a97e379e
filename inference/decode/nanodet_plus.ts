/** NanoDet-Plus (RangiLyu/nanodet, `nanodet/model/head/nanodet_plus_head.py`, Apache-2.0). */

import type { Size } from "../../core/frame.ts";
import { PLAIN } from "./conventions.ts";
import {
  best,
  type Candidate,
  type Decoder,
  onlyOutput,
  type OutputTensor,
  positive,
} from "./decoder.ts";
import { meanOfDistribution } from "./dfl.ts";
import type { DetectorFamily } from "./family.ts";
import { cellsOf, gridsOf } from "./grids.ts";
import { rowsOf } from "./rows.ts";

const STRIDES = [8, 16, 32, 64] as const;

/** Of each side's distribution. */
const BINS = 8;

/**
 * One output `[1, cells, classes + 4 · 8]`, strides 8 to 64 one after the other: sigmoids already,
 * then the distances from the cell's upper left corner (its middle in NanoDet) to the four sides.
 */
const decode: Decoder = (outputs, { input, classes, scoreThreshold }): Candidate[] => {
  const grids = gridsOf(input, STRIDES, Math.ceil);
  const size = classes + 4 * BINS;
  const { data } = onlyOutput(outputs, "NanoDet-Plus", [1, cellsOf(grids), size]);
  const candidates: Candidate[] = [];
  let at = 0;
  for (const { stride, columns, rows } of grids) {
    for (let cell = 0; cell < rows * columns; cell++, at += size) {
      const { classId, value: score } = best(data, at, classes);
      if (!(score >= scoreThreshold)) continue;
      const x = cell % columns * stride;
      const y = Math.floor(cell / columns) * stride;
      const to = (side: number) =>
        meanOfDistribution(data, at + classes + side * BINS, BINS) * stride;
      candidates.push({ classId, score, box: [x - to(0), y - to(1), x + to(2), y + to(3)] });
    }
  }
  return candidates;
};

/** Every cell's classes are shares; the first values of a table of boxes would be pixels. */
function classesOf(outputs: readonly OutputTensor[], size: Size): number | undefined {
  const rows = rowsOf(outputs);
  if (!rows || rows.n !== cellsOf(gridsOf(size, STRIDES, Math.ceil))) return undefined;
  const classes = positive(rows.columns - 4 * BINS);
  if (classes === undefined) return undefined;
  for (let at = 0; at < rows.data.length; at += rows.columns) {
    const { value } = best(rows.data, at, classes);
    if (!(value >= 0 && value <= 1.001)) return undefined;
  }
  return classes;
}

/** NanoDet-Plus. */
export const nanodetPlus: DetectorFamily = {
  service: "detection",
  name: "nanodet_plus",
  layouts: [
    {
      about: "NanoDet-Plus: scores and distributions of strides 8 to 64 in one table",
      classesOf,
      input: {
        ...PLAIN,
        color: "bgr",
        mean: [103.53, 116.28, 123.675],
        std: [57.375, 57.12, 58.395],
        fit: "stretch",
      },
      scoreThreshold: 0.35,
      iouThreshold: 0.6,
    },
  ],
  decode,
};
