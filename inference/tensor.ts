/** Pixels → the model's input tensor: scaled, in the model's order of colours, normalised. */

import type { Pixels, Size } from "../core/frame.ts";
import type { ModelInput } from "../models/manifest.ts";
import type { Fit } from "./fit.ts";

/** Bits after the point of an interpolation weight, as in OpenCV's `INTER_LINEAR`. */
const WEIGHT_BITS = 11;
const ONE = 1 << WEIGHT_BITS;
const HALF = 1 << (2 * WEIGHT_BITS - 1);

/** Writes pictures into one reused tensor of shape `[1, 3, height, width]`, planes as the model wants them. */
export class TensorWriter {
  /** The tensor: what was written last, until the next `write`. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Normalised value of each byte of red, green and blue. */
  readonly #tables: readonly Float32Array[];
  /** Where the planes of red, green and blue begin. */
  readonly #planes: readonly number[];
  #sampling: Sampling | undefined;

  /** Allocates the tensor, and computes the tables that `write` reads. */
  constructor(private readonly input: ModelInput) {
    const { width, height, color, mean, std } = input;
    this.data = new Float32Array(3 * width * height);
    const order = color === "rgb" ? [0, 1, 2] : [2, 1, 0];
    this.#planes = order.map((plane) => plane * width * height);
    this.#tables = order.map((plane) =>
      Float32Array.from({ length: 256 }, (_, byte) => (byte - mean[plane]!) / std[plane]!)
    );
  }

  /** Writes a picture, scaled to `fit.scaled`, and pads the rest. */
  write(pixels: Pixels, fit: Fit): void {
    const { width, height, pad, mean, std } = this.input;
    if (fit.scaled.width < width || fit.scaled.height < height) {
      for (let plane = 0; plane < 3; plane++) {
        const value = (pad - mean[plane]!) / std[plane]!;
        this.data.fill(value, plane * width * height, (plane + 1) * width * height);
      }
    }
    if (!this.#sampling?.isFor(pixels, fit.scaled)) {
      this.#sampling = new Sampling(pixels, fit.scaled);
    }
    this.#sample(pixels.data, fit, this.#sampling);
  }

  /**
   * Bilinear, pixel centres at halves, and no smoothing before a reduction: the way of OpenCV's
   * `resize(…, INTER_LINEAR)`, which the detectors' training and published results went.
   */
  #sample(bytes: Uint8Array, { padX, padY }: Fit, { columns, rows }: Sampling): void {
    const { data } = this;
    const [red, green, blue] = this.#tables as [Float32Array, Float32Array, Float32Array];
    const [toRed, toGreen, toBlue] = this.#planes as [number, number, number];
    for (let y = 0; y < rows.near.length; y++) {
      const above = rows.near[y]!;
      const below = rows.far[y]!;
      const down = rows.weight[y]!;
      let to = (y + padY) * this.input.width + padX;
      for (let x = 0; x < columns.near.length; x++, to++) {
        const right = columns.weight[x]!;
        const w00 = (ONE - right) * (ONE - down);
        const w01 = right * (ONE - down);
        const w10 = (ONE - right) * down;
        const w11 = right * down;
        const p00 = above + columns.near[x]!;
        const p01 = above + columns.far[x]!;
        const p10 = below + columns.near[x]!;
        const p11 = below + columns.far[x]!;
        const r = bytes[p00]! * w00 + bytes[p01]! * w01 + bytes[p10]! * w10 + bytes[p11]! * w11;
        const g = bytes[p00 + 1]! * w00 + bytes[p01 + 1]! * w01 + bytes[p10 + 1]! * w10 +
          bytes[p11 + 1]! * w11;
        const b = bytes[p00 + 2]! * w00 + bytes[p01 + 2]! * w01 + bytes[p10 + 2]! * w10 +
          bytes[p11 + 2]! * w11;
        data[toRed + to] = red[(r + HALF) >> (2 * WEIGHT_BITS)]!;
        data[toGreen + to] = green[(g + HALF) >> (2 * WEIGHT_BITS)]!;
        data[toBlue + to] = blue[(b + HALF) >> (2 * WEIGHT_BITS)]!;
      }
    }
  }
}

/** For each target along one axis, the byte offsets of the two sources that it lies between. */
interface Taps {
  readonly near: Int32Array;
  readonly far: Int32Array;
  /** Share of the far one, 0 to `ONE`. */
  readonly weight: Int32Array;
}

/** Where the pixels of a scaled picture come from; the same for every picture of a source. */
class Sampling {
  readonly columns: Taps;
  readonly rows: Taps;
  readonly #key: string;

  constructor(from: Size, to: Size) {
    this.#key = keyOf(from, to);
    this.columns = taps(from.width, to.width, 3);
    this.rows = taps(from.height, to.height, 3 * from.width);
  }

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
    const at = Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
    const below = Math.floor(at);
    near[i] = below * stride;
    far[i] = Math.min(below + 1, from - 1) * stride;
    weight[i] = Math.round((at - below) * ONE);
  }
  return { near, far, weight };
}
