/** FastestDet (dog-qiuqiu/FastestDet, `test.py` and `utils/tool.py`, BSD-3-Clause). */

import { PLAIN, SHARES } from "./conventions.ts";
import { best, type Candidate, centered, type Decoder, onlyOutput, sigmoid } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";

const STRIDE = 16;

/**
 * One output `[1, 5 + classes, rows, columns]` at stride 16, all activations but tanh and the box's
 * sigmoid done in the model: plane 0 objectness, 1–4 the box, 5… the classes.
 * `score = objectness^0.6 · class^0.4`; `cx = (column + tanh) / columns`, `w = sigmoid`, of the input.
 */
const decodeFastestdet: Decoder = (
  outputs,
  { input, classes, scoreThreshold },
): Candidate[] => {
  const columns = Math.floor(input.width / STRIDE);
  const rows = Math.floor(input.height / STRIDE);
  const { data } = onlyOutput(outputs, "FastestDet", [1, 5 + classes, rows, columns]);
  const plane = rows * columns;
  const candidates: Candidate[] = [];
  for (let cell = 0; cell < plane; cell++) {
    const objectness = data[cell]! ** 0.6;
    if (!(objectness >= scoreThreshold)) continue; // a class's share is at most 1
    const { classId, value } = best(data, 5 * plane + cell, classes, plane);
    const score = objectness * value ** 0.4;
    if (!(score >= scoreThreshold)) continue;
    const cx = (cell % columns + Math.tanh(data[plane + cell]!)) / columns * input.width;
    const cy = (Math.floor(cell / columns) + Math.tanh(data[2 * plane + cell]!)) / rows *
      input.height;
    const w = sigmoid(data[3 * plane + cell]!) * input.width;
    const h = sigmoid(data[4 * plane + cell]!) * input.height;
    candidates.push({ classId, score, box: centered(cx, cy, w, h) });
  }
  return candidates;
};

/** FastestDet. */
export const fastestdet: DetectorFamily = {
  service: "detection",
  name: "fastestdet",
  layouts: [
    {
      about: "FastestDet: planes of stride 16",
      classesOf: ([output, ...more], size) =>
        more.length === 0 && output?.dims.length === 4 && output.dims[1]! > 5 &&
          output.dims[2] === Math.floor(size.height / STRIDE) &&
          output.dims[3] === Math.floor(size.width / STRIDE)
          ? output.dims[1]! - 5
          : undefined,
      input: { ...PLAIN, color: "bgr", ...SHARES, fit: "stretch" },
      scoreThreshold: 0.45,
      iouThreshold: 0.45,
    },
  ],
  decode: decodeFastestdet,
};
