/** Pictures → a network's image input: scaled, in the model's order of colours, normalised. */

import type { Pixels, Size } from "../../core/frame.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { antialiased } from "./antialias.ts";
import { between, ONE, Sampling } from "./bilinear.ts";
import type { Fit } from "./fit.ts";
import { RowSampler } from "./row_sampler.ts";
import { ELEMENT_ARRAYS, type TensorOf } from "../../core/tensor.ts";

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
  /** Where planes of float32, which most models take, are sampled; it has a tensor of its own. */
  readonly #sampler: RowSampler | undefined;
  #buffer: Data;
  #sampling: Sampling | undefined;

  /**
   * Computes the tables that `write` reads.
   *
   * @param simd whether WebAssembly may be used, which makes no difference but in time.
   */
  constructor(private readonly input: ModelInput, { simd = true } = {}) {
    const { type, layout, color, mean, std, pad } = input;
    this.#buffer = new ELEMENT_ARRAYS[type](0);
    this.#order = color === "rgb" ? [0, 1, 2] : [2, 1, 0];
    const normalised = (values: readonly number[], place: number) =>
      ROUNDING[type].from(values.map((value) => (value - mean[place]!) / std[place]!));
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    this.#tables = this.#order.map((place) => normalised(bytes, place));
    this.#padding = this.#order.map((place) => normalised([pad], place)[0]!);
    if (simd && type === "float32" && layout !== "nhwc") {
      this.#sampler = RowSampler.open(this.#tables as readonly Float32Array[]);
    }
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
    for (const [i, { pixels, fit }] of pictures.entries()) {
      const into = this.#tensor(places * length).subarray(i * length, (i + 1) * length);
      this.#place(pixels, fit, into, i * length);
    }
    const data = this.#tensor(places * length);
    return { dims: this.#dims(size, places), size, type, data, pictures: pictures.length };
  }

  /** Ends it: neither it nor what it returned may be used any more. */
  close(): void {
    this.#sampler?.close();
  }

  /** So many elements, with what was written to them; what an earlier call returned may be gone. */
  #tensor(length: number): Data {
    if (this.#sampler) return this.#sampler.tensor(length);
    if (this.#buffer.length < length) this.#buffer = new ELEMENT_ARRAYS[this.input.type](length);
    return this.#buffer.subarray(0, length);
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

  /** Writes one picture over all of `into`, which begins at that element of the tensor. */
  #place(pixels: Pixels, fit: Fit, into: Data, begin: number): void {
    const { tensor, scaled } = fit;
    if (scaled.width < tensor.width || scaled.height < tensor.height) this.#pad(into);
    const source = this.input.resample === "antialias" ? antialiased(pixels, scaled) : pixels;
    if (!this.#sampling?.isFor(source, scaled)) this.#sampling = new Sampling(source, scaled);
    if (this.#sampler) this.#sampleRows(this.#sampler, source, fit, begin);
    else this.#sample(source.data, fit, into);
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

  /** As `#sample`, to the last bit, in the tensor of `sampler`. */
  #sampleRows(sampler: RowSampler, pixels: Pixels, fit: Fit, begin: number): void {
    const { width, height } = fit.tensor;
    const part = seen(fit);
    const first = begin + (part.top + fit.padY) * width + part.left + fit.padX;
    const [red, green, blue] = this.#order.map((place) => first + place * width * height);
    const places = [red!, green!, blue!] as const;
    sampler.sample(pixels, this.#sampling!, { ...part, places, rowLength: width });
  }

  /**
   * Bilinear, pixel centres at halves, and no smoothing before a reduction: the way of OpenCV's
   * `resize(…, INTER_LINEAR)`, which the detectors' training and published results went.
   */
  #sample(bytes: Uint8Array, fit: Fit, into: Data): void {
    const { padX, padY, tensor } = fit;
    const { columns, rows } = this.#sampling!;
    const [red, green, blue] = this.#tables as [Table, Table, Table];
    const { step, places } = this.#strides(into);
    const [toRed, toGreen, toBlue] = places as [number, number, number];
    const { left, top, right, bottom } = seen(fit);
    for (let y = top; y < bottom; y++) {
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

/** The part of a scaled picture that lies in the tensor: what a negative pad cuts off is not sampled. */
function seen({ padX, padY, scaled, tensor }: Fit) {
  return {
    left: Math.max(0, -padX),
    top: Math.max(0, -padY),
    right: Math.min(scaled.width, tensor.width - padX),
    bottom: Math.min(scaled.height, tensor.height - padY),
  };
}
