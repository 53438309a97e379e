/** Bilinear sampling to the last bit of OpenCV's `resize(…, INTER_LINEAR)`. */

import type { Size } from "../../core/frame.ts";
import { roundHalfEven } from "./fit.ts";

/** One, as an interpolation weight: eleven bits after the point, as in OpenCV. */
export const ONE = 1 << 11;

/** A byte between two rows, with OpenCV's rounding (`VResizeLinear` in `imgproc/src/resize.cpp`). */
export function between(up: number, above: number, down: number, below: number): number {
  return (((up * (above >> 4)) >> 16) + ((down * (below >> 4)) >> 16) + 2) >> 2;
}

/** For each target along one axis, the byte offsets of the two sources that it lies between. */
export interface Taps {
  /** Offset of the one before. */
  readonly near: Int32Array;
  /** Offset of the one after. */
  readonly far: Int32Array;
  /** Share of the far one, 0 to `ONE`. */
  readonly weight: Int32Array;
}

/** Where the pixels of a scaled picture come from; the same for every picture of a source. */
export class Sampling {
  /** Along a row. */
  readonly columns: Taps;
  /** From row to row. */
  readonly rows: Taps;
  readonly #key: string;

  /** Computes the taps of RGB pixels. */
  constructor(from: Size, to: Size) {
    this.#key = keyOf(from, to);
    this.columns = taps(from.width, to.width, 3);
    this.rows = taps(from.height, to.height, 3 * from.width);
  }

  /** Whether it is that of these sizes. */
  isFor(from: Size, to: Size): boolean {
    return this.#key === keyOf(from, to);
  }
}

function keyOf(from: Size, to: Size): string {
  return `${from.width}×${from.height} → ${to.width}×${to.height}`;
}

function taps(from: number, to: number, stride: number): Taps {
  const near = new Int32Array(to);
  const far = new Int32Array(to);
  const weight = new Int32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(Math.fround((i + 0.5) * (from / to) - 0.5), 0), from - 1);
    const below = Math.floor(at);
    near[i] = below * stride;
    far[i] = Math.min(below + 1, from - 1) * stride;
    weight[i] = roundHalfEven((at - below) * ONE);
  }
  return { near, far, weight };
}
