/** Pixels → the model's input tensor: scaled, in the model's order of colours, normalised. */

import type { Pixels, Size } from "../core/frame.ts";
import type { ModelInput } from "../models/manifest.ts";
import { antialiased } from "./antialias.ts";
import { type Fit, roundHalfEven } from "./fit.ts";

/** One, as an interpolation weight: eleven bits after the point, as in OpenCV's `INTER_LINEAR`. */
const ONE = 1 << 11;

/** Elements of a tensor, by the type that a manifest names. */
const ELEMENTS = {
  float32: Float32Array,
  float16: Float16Array,
  uint8: Uint8ClampedArray,
} as const;

/** A tensor's elements; a `Uint8ClampedArray` holds those of a `uint8` tensor. */
export type TensorData =
  | Float32Array<ArrayBuffer>
  | Float16Array<ArrayBuffer>
  | Uint8ClampedArray<ArrayBuffer>;

/** A model's input, as `TensorWriter` fills it. */
export interface InputTensor {
  /** Its shape, in the order of the manifest's layout. */
  readonly dims: readonly number[];
  /** Its width and height in pixels. */
  readonly size: Size;
  /** Its type. */
  readonly type: ModelInput["type"];
  /** Its values, the last dimension varying fastest; overwritten by the next picture. */
  readonly data: TensorData;
}

/** Writes pictures into one reused tensor, laid out and normalised as the model wants them. */
export class TensorWriter {
  /** Normalised value of each byte of red, green and blue. */
  readonly #tables: readonly TensorData[];
  /** Place of red, green and blue in the model's order. */
  readonly #order: readonly number[];
  #size: Size = { width: 0, height: 0 };
  #data: TensorData;
  #sampling: Sampling | undefined;

  /** Computes the tables that `write` reads. */
  constructor(private readonly input: ModelInput) {
    const { type, color, mean, std } = input;
    this.#data = new ELEMENTS[type](0);
    this.#order = color === "rgb" ? [0, 1, 2] : [2, 1, 0];
    this.#tables = this.#order.map((place) => {
      const table = new ELEMENTS[type](256);
      for (let byte = 0; byte < 256; byte++) table[byte] = (byte - mean[place]!) / std[place]!;
      return table;
    });
  }

  /** Writes a picture, scaled to `fit.scaled`, into a tensor of the size `fit.tensor`; pads the rest. */
  write(pixels: Pixels, fit: Fit): InputTensor {
    const { width, height } = fit.tensor;
    if (this.#size.width !== width || this.#size.height !== height) {
      this.#size = { width, height };
      this.#data = new ELEMENTS[this.input.type](3 * width * height);
    }
    if (fit.scaled.width < width || fit.scaled.height < height) this.#fill();
    const source = this.input.resample === "antialias" ? antialiased(pixels, fit.scaled) : pixels;
    if (!this.#sampling?.isFor(source, fit.scaled)) {
      this.#sampling = new Sampling(source, fit.scaled);
    }
    this.#sample(source.data, fit, this.#sampling);
    return { dims: this.#dims(), size: fit.tensor, type: this.input.type, data: this.#data };
  }

  #dims(): number[] {
    const { width, height } = this.#size;
    switch (this.input.layout) {
      case "nchw":
        return [1, 3, height, width];
      case "nhwc":
        return [1, height, width, 3];
      case "chw":
        return [3, height, width];
    }
  }

  /** From one pixel to the next, and where red, green and blue of the first one are. */
  #strides(): { step: number; places: readonly number[] } {
    if (this.input.layout === "nhwc") return { step: 3, places: this.#order };
    const plane = this.#size.width * this.#size.height;
    return { step: 1, places: this.#order.map((place) => place * plane) };
  }

  #fill(): void {
    const { pad, mean, std } = this.input;
    const { step, places } = this.#strides();
    const pixels = this.#size.width * this.#size.height;
    for (const [i, place] of places.entries()) {
      const value = (pad - mean[this.#order[i]!]!) / std[this.#order[i]!]!;
      if (step === 1) this.#data.fill(value, place, place + pixels);
      else for (let to = place; to < this.#data.length; to += step) this.#data[to] = value;
    }
  }

  /**
   * Bilinear, pixel centres at halves, and no smoothing before a reduction: the way of OpenCV's
   * `resize(…, INTER_LINEAR)`, which the detectors' training and published results went.
   */
  #sample(bytes: Uint8Array, { padX, padY, tensor }: Fit, { columns, rows }: Sampling): void {
    const data = this.#data;
    const [red, green, blue] = this.#tables as [TensorData, TensorData, TensorData];
    const { step, places } = this.#strides();
    const [toRed, toGreen, toBlue] = places as [number, number, number];
    // What a negative pad cuts off is not sampled.
    const left = Math.max(0, -padX);
    const right = Math.min(columns.near.length, tensor.width - padX);
    const bottom = Math.min(rows.near.length, tensor.height - padY);
    for (let y = Math.max(0, -padY); y < bottom; y++) {
      const above = rows.near[y]!;
      const below = rows.far[y]!;
      const down = rows.weight[y]!;
      const up = ONE - down;
      let to = ((y + padY) * tensor.width + padX + left) * step;
      for (let x = left; x < right; x++, to += step) {
        const across = columns.weight[x]!;
        const along = ONE - across;
        const p00 = above + columns.near[x]!;
        const p01 = above + columns.far[x]!;
        const p10 = below + columns.near[x]!;
        const p11 = below + columns.far[x]!;
        data[toRed + to] = red[
          between(
            up,
            bytes[p00]! * along + bytes[p01]! * across,
            down,
            bytes[p10]! * along + bytes[p11]! * across,
          )
        ]!;
        data[toGreen + to] = green[
          between(
            up,
            bytes[p00 + 1]! * along + bytes[p01 + 1]! * across,
            down,
            bytes[p10 + 1]! * along + bytes[p11 + 1]! * across,
          )
        ]!;
        data[toBlue + to] = blue[
          between(
            up,
            bytes[p00 + 2]! * along + bytes[p01 + 2]! * across,
            down,
            bytes[p10 + 2]! * along + bytes[p11 + 2]! * across,
          )
        ]!;
      }
    }
  }
}

/** A byte between two rows, with OpenCV's rounding (`VResizeLinear` in `imgproc/src/resize.cpp`). */
function between(up: number, above: number, down: number, below: number): number {
  return (((up * (above >> 4)) >> 16) + ((down * (below >> 4)) >> 16) + 2) >> 2;
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
    const at = Math.min(Math.max(Math.fround((i + 0.5) * (from / to) - 0.5), 0), from - 1);
    const below = Math.floor(at);
    near[i] = below * stride;
    far[i] = Math.min(below + 1, from - 1) * stride;
    weight[i] = roundHalfEven((at - below) * ONE);
  }
  return { near, far, weight };
}
