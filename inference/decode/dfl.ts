/**
 * Heads that give a distribution for each side's distance: Generalized Focal Loss (Li et al., 2020,
 * arXiv:2006.04388). NanoDet and PicoDet differ in their strides.
 */

import type { Size } from "../../core/frame.ts";
import {
  best,
  type Candidate,
  type Decoder,
  hasShape,
  notOfFamily,
  type OutputTensor,
} from "./decoder.ts";
import { gridsOf } from "./grids.ts";

/** Sides of a box. */
const SIDES = 4;

/**
 * For each stride an output `[1, cells, classes]` with scores (sigmoids already) and one
 * `[1, cells, 4 · bins]`: the distances from the cell's centre to the left, upper, right and lower
 * side, in strides, each the mean of a softmax over bins 0, 1, 2 …; scores come before distances.
 * Exports for OpenCV leave the first dimension out.
 */
export function decoderOfDistributions(family: string, strides: readonly number[]): Decoder {
  return (given, { input, classes, scoreThreshold }): Candidate[] => {
    const outputs = given.map(asOfOnePicture);
    const candidates: Candidate[] = [];
    const grids = gridsOf(input, strides, Math.ceil);
    for (const [level, { stride, columns, rows }] of grids.entries()) {
      const cells = columns * rows;
      const scores = outputs[level];
      const distances = outputs[level + strides.length];
      const bins = (distances?.dims[2] ?? 0) / SIDES;
      if (
        outputs.length !== 2 * strides.length || !hasShape(scores!, [1, cells, classes]) ||
        !hasShape(distances!, [1, cells, "4 · bins"]) || !Number.isInteger(bins) || bins < 2
      ) {
        const each = (last: string | number) =>
          grids.map((grid) => `[1, ${grid.columns * grid.rows}, ${last}]`).join(", ");
        throw notOfFamily(given, family, `${each(classes)} and then ${each("4 · bins")}`);
      }
      for (let cell = 0; cell < cells; cell++) {
        const { classId, value: score } = best(scores!.data, cell * classes, classes);
        if (!(score >= scoreThreshold)) continue;
        const cx = (cell % columns + 0.5) * stride;
        const cy = (Math.floor(cell / columns) + 0.5) * stride;
        const to = (side: number) =>
          meanOfDistribution(distances!.data, (cell * SIDES + side) * bins, bins) * stride;
        candidates.push({ classId, score, box: [cx - to(0), cy - to(1), cx + to(2), cy + to(3)] });
      }
    }
    return candidates;
  };
}

/** `[cells, values]` as `[1, cells, values]`. */
function asOfOnePicture(output: OutputTensor): OutputTensor {
  return output.dims.length === 2 ? { ...output, dims: [1, ...output.dims] } : output;
}

/** How many classes outputs have if they lie as `decoderOfDistributions` reads them. */
export function classesOfDistributions(
  given: readonly OutputTensor[],
  input: Size,
  strides: readonly number[],
): number | undefined {
  const outputs = given.map(asOfOnePicture);
  const grids = gridsOf(input, strides, Math.ceil);
  const fits = outputs.length === 2 * strides.length && outputs.every(({ dims }, i) => {
    const { columns, rows } = grids[i % strides.length]!;
    return dims.length === 3 && dims[1] === columns * rows &&
      (i < strides.length || dims[2]! % SIDES === 0);
  });
  return fits ? outputs[0]!.dims[2] : undefined;
}

/** The mean of the distribution whose softmax's logits are `count` values from `from` on. */
export function meanOfDistribution(data: Float32Array, from: number, count: number): number {
  const { value: highest } = best(data, from, count);
  let sum = 0;
  let weighted = 0;
  for (let bin = 0; bin < count; bin++) {
    const share = Math.exp(data[from + bin]! - highest);
    sum += share;
    weighted += share * bin;
  }
  return weighted / sum;
}
