/** FastestDet (dog-qiuqiu/FastestDet, `test.py` and `utils/tool.py`, BSD-3-Clause). */

import { type Candidate, type Decoder, onlyOutput } from "./decoder.ts";

const STRIDE = 16;

/**
 * One output `[1, 5 + classes, rows, columns]` at stride 16, all activations but tanh and the box's
 * sigmoid done in the model: plane 0 objectness, 1–4 the box, 5… the classes.
 * `score = objectness^0.6 · class^0.4`; `cx = (column + tanh) / columns`, `w = sigmoid`, of the input.
 */
export const decodeFastestdet: Decoder = (
  outputs,
  { input, classes, scoreThreshold },
): Candidate[] => {
  const columns = Math.floor(input.width / STRIDE);
  const rows = Math.floor(input.height / STRIDE);
  const data = onlyOutput(outputs, "FastestDet", [1, 5 + classes, rows, columns]);
  const plane = rows * columns;
  const candidates: Candidate[] = [];
  for (let cell = 0; cell < plane; cell++) {
    const objectness = data[cell]! ** 0.6;
    if (!(objectness >= scoreThreshold)) continue; // a class's share is at most 1
    let classId = 0;
    let best = -Infinity;
    for (let c = 0; c < classes; c++) {
      const value = data[(5 + c) * plane + cell]!;
      if (value > best) [best, classId] = [value, c];
    }
    const score = objectness * best ** 0.4;
    if (!(score >= scoreThreshold)) continue;
    const cx = (cell % columns + Math.tanh(data[plane + cell]!)) / columns * input.width;
    const cy = (Math.floor(cell / columns) + Math.tanh(data[2 * plane + cell]!)) / rows *
      input.height;
    const w = sigmoid(data[3 * plane + cell]!) * input.width;
    const h = sigmoid(data[4 * plane + cell]!) * input.height;
    candidates.push({ classId, score, box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2] });
  }
  return candidates;
};

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
