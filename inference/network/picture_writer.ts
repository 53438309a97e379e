/** Pictures → a network's image input: scaled, in the model's order of colours, normalised. */

import type { Pixels, Size } from "../../core/frame.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { antialiased } from "./antialias.ts";
import { between, ONE, Sampling } from "./bilinear.ts";
import type { Fit } from "./fit.ts";
import { ELEMENT_ARRAYS, type TensorOf } from "./tensors.ts";

/** Arrays that make a value an element of a type as a tensor holds it: bytes are rounded and clamped. */
const ROUNDING = {
  float32: Float32Array,
  float16: Float16Array,
  uint8: Uint8ClampedArray,
} as const;

type Data = TensorOf<ModelInput["type"]>["data"];

type Table = InstanceType<typeof ROUNDING[keyof typeof ROUNDING]>;

/** A picture, and how it goes into a tensor. */
export interface FittedPicture {
  /** The picture at its own size. */
  readonly pixels: Pixels;
  /** Where it goes. */
  readonly fit: Fit;
}

/** A model's input, as `PictureWriter` fills it. */
export interface PictureTensor extends Omit<TensorOf<ModelInput["type"]>, "name"> {
  /** Width and height of each picture in it, in pixels. */
  readonly size: Size;
  /** Pictures in it, from its first place on; places beyond them hold what they held. */
  readonly pictures: number;
}

/** Writes pictures into one reused tensor, laid out and normalised as the model wants them. */
export class PictureWriter {
  /** Normalised value of each byte of red, green and blue. */
  readonly #tables: readonly Table[];
  /** Normalised value of padding in red, green and blue. */
  readonly #padding: readonly number[];
  /** Place of red, green and blue in the model's order. */
  readonly #order: readonly number[];
  #buffer: Data;
  #sampling: Sampling | undefined;

  /** Computes the tables that `write` reads. */
  constructor(private readonly input: ModelInput) {
    const { type, color, mean, std, pad } = input;
    this.#buffer = new ELEMENT_ARRAYS[type](0);
    this.#order = color === "rgb" ? [0, 1, 2] : [2, 1, 0];
    const normalised = (values: readonly number[], place: number) =>
      ROUNDING[type].from(values.map((value) => (value - mean[place]!) / std[place]!));
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    this.#tables = this.#order.map((place) => normalised(bytes, place));
    this.#padding = this.#order.map((place) => normalised([pad], place)[0]!);
  }

  /**
   * Writes pictures, each scaled to its `fit.scaled`, one after the other, and pads around them. What
   * an earlier call returned is overwritten.
   *
   * @param pictures at least one; their tensors are of the same size.
   * @param places pictures that the tensor has room for; as many as there are when absent. A `chw`
   * tensor has room for one.
   */
  write(pictures: readonly FittedPicture[], places: number = pictures.length): PictureTensor {
    const { type } = this.input;
    const size = pictures[0]!.fit.tensor;
    const length = 3 * size.width * size.height;
    if (this.#buffer.length < places * length) {
      this.#buffer = new ELEMENT_ARRAYS[type](places * length);
    }
    for (const [i, { pixels, fit }] of pictures.entries()) {
      this.#place(pixels, fit, this.#buffer.subarray(i * length, (i + 1) * length));
    }
    const data = this.#buffer.subarray(0, places * length);
    return { dims: this.#dims(size, places), size, type, data, pictures: pictures.length };
  }

  #dims({ width, height }: Size, places: number): number[] {
    switch (this.input.layout) {
      case "nchw":
        return [places, 3, height, width];
      case "nhwc":
        return [places, height, width, 3];
      case "chw":
        return [3, height, width];
    }
  }

  /** Writes one picture over all of `into`. */
  #place(pixels: Pixels, fit: Fit, into: Data): void {
    const { tensor, scaled } = fit;
    if (scaled.width < tensor.width || scaled.height < tensor.height) this.#pad(into);
    const source = this.input.resample === "antialias" ? antialiased(pixels, scaled) : pixels;
    if (!this.#sampling?.isFor(source, scaled)) this.#sampling = new Sampling(source, scaled);
    this.#sample(source.data, fit, this.#sampling, into);
  }

  /** From one pixel to the next, and where red, green and blue of the first one are. */
  #strides(into: Data): { step: number; places: readonly number[] } {
    if (this.input.layout === "nhwc") return { step: 3, places: this.#order };
    return { step: 1, places: this.#order.map((place) => place * into.length / 3) };
  }

  #pad(into: Data): void {
    const { step, places } = this.#strides(into);
    for (const [i, place] of places.entries()) {
      const value = this.#padding[i]!;
      if (step === 1) into.fill(value, place, place + into.length / 3);
      else for (let to = place; to < into.length; to += step) into[to] = value;
    }
  }

  /**
   * Bilinear, pixel centres at halves, and no smoothing before a reduction: the way of OpenCV's
   * `resize(…, INTER_LINEAR)`, which the detectors' training and published results went.
   */
  #sample(
    bytes: Uint8Array,
    { padX, padY, tensor }: Fit,
    { columns, rows }: Sampling,
    into: Data,
  ): void {
    const [red, green, blue] = this.#tables as [Table, Table, Table];
    const { step, places } = this.#strides(into);
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
        into[toRed + to] = red[
          between(
            up,
            bytes[p00]! * along + bytes[p01]! * across,
            down,
            bytes[p10]! * along + bytes[p11]! * across,
          )
        ]!;
        into[toGreen + to] = green[
          between(
            up,
            bytes[p00 + 1]! * along + bytes[p01 + 1]! * across,
            down,
            bytes[p10 + 1]! * along + bytes[p11 + 1]! * across,
          )
        ]!;
        into[toBlue + to] = blue[
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
