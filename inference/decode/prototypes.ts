/**
 * Masks as sums of prototypes (YOLACT: Bolya et al., 2019, arXiv:1904.02689), as Ultralytics' segmentation
 * has them (ultralytics/ultralytics, `utils/ops.py`, `process_mask_native`).
 */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import type { OutputTensor } from "./decoder.ts";
import type { ObjectMask } from "./mask.ts";

/** Pictures that the masks of all objects are sums of: `[1, count, height, width]`, over the whole input. */
export class Prototypes {
  readonly #data: Float32Array;
  readonly #size: Size;

  /** Takes an output of that shape. */
  constructor({ dims, data }: OutputTensor) {
    this.#data = data;
    this.#size = { width: dims[3]!, height: dims[2]! };
  }

  /**
   * An object's mask: where the sum, scaled to the input, is above 0, within its box.
   *
   * @param coefficients as many as there are prototypes.
   */
  mask(coefficients: Float32Array, box: Box, input: Size): ObjectMask {
    const [x1, y1, x2, y2] = box.map(Math.ceil) as unknown as Box;
    const [left, top] = [Math.max(0, x1), Math.max(0, y1)];
    const [right, bottom] = [Math.min(input.width, x2), Math.min(input.height, y2)];
    const { width, height } = this.#size;
    const across = samples(left, right, input.width, width);
    const down = samples(top, bottom, input.height, height);
    const sums = this.#sums(coefficients, across, down);
    return {
      part: [left, top, right, bottom],
      has: (x, y) => {
        const i = x - left, j = y - top; // no arrays: it is asked for every pixel
        const a = across.first[i]!, b = across.second[i]!, s = across.share[i]!;
        const c = down.first[j]! * width, d = down.second[j]! * width, t = down.share[j]!;
        const above = sums[c + a]! * (1 - s) + sums[c + b]! * s;
        const below = sums[d + a]! * (1 - s) + sums[d + b]! * s;
        return above * (1 - t) + below * t > 0;
      },
    };
  }

  /** The prototypes by their coefficients, added up where they are needed. */
  #sums(coefficients: Float32Array, across: Samples, down: Samples): Float32Array {
    const { width, height } = this.#size;
    const data = this.#data;
    const sums = new Float32Array(width * height);
    const [left, right] = [across.first[0] ?? 0, across.second.at(-1) ?? -1];
    const [top, bottom] = [down.first[0] ?? 0, down.second.at(-1) ?? -1];
    for (const [k, coefficient] of coefficients.entries()) {
      const from = k * width * height;
      for (let y = top; y <= bottom; y++) {
        for (let x = left, at = y * width + left; x <= right; x++, at++) {
          sums[at]! += coefficient * data[from + at]!;
        }
      }
    }
    return sums;
  }
}

/** Between which two pixels of a small picture each of a large one lies, and how near the second. */
interface Samples {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

/** Of pixels from `from` to `to`, as torch's `interpolate` does it: bilinear, corners not aligned. */
function samples(from: number, to: number, large: number, small: number): Samples {
  const count = Math.max(0, to - from);
  const [first, second] = [new Int32Array(count), new Int32Array(count)];
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.max(0, (from + i + 0.5) * small / large - 0.5);
    first[i] = Math.min(small - 1, Math.floor(at));
    second[i] = Math.min(small - 1, first[i]! + 1);
    share[i] = at - first[i]!;
  }
  return { first, second, share };
}
