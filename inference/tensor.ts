/** Pixels → the model's input tensor. */

import type { Pixels } from "../core/frame.ts";
import type { ModelInput } from "../models/manifest.ts";
import type { Fit } from "./fit.ts";

/** Writes pictures into one reused tensor of shape `[1, 3, height, width]`, planes as the model wants them. */
export class TensorWriter {
  /** The tensor: what was written last, until the next `write`. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Normalised value of each byte, a table a plane. */
  readonly #tables: readonly Float32Array[];
  /** Channel of the RGB pixel that each plane takes. */
  readonly #channels: readonly number[];

  /** Allocates the tensor, and computes the tables that `write` reads. */
  constructor(private readonly input: ModelInput) {
    this.data = new Float32Array(3 * input.width * input.height);
    this.#channels = input.color === "rgb" ? [0, 1, 2] : [2, 1, 0];
    this.#tables = [0, 1, 2].map((plane) =>
      Float32Array.from(
        { length: 256 },
        (_, byte) => (byte - input.mean[plane]!) / input.std[plane]!,
      )
    );
  }

  /** Writes `pixels`, whose size is `fit.scaled`, and pads the rest. */
  write(pixels: Pixels, fit: Fit): void {
    const { width, height, pad, mean, std } = this.input;
    const padded = pixels.width < width || pixels.height < height;
    for (let plane = 0; plane < 3; plane++) {
      const out = this.data.subarray(plane * width * height, (plane + 1) * width * height);
      if (padded) out.fill((pad - mean[plane]!) / std[plane]!);
      this.#writePlane(out, pixels, fit, plane);
    }
  }

  #writePlane(out: Float32Array, pixels: Pixels, fit: Fit, plane: number): void {
    const table = this.#tables[plane]!;
    const bytes = pixels.data;
    let from = this.#channels[plane]!;
    for (let y = 0; y < pixels.height; y++) {
      let to = (y + fit.padY) * this.input.width + fit.padX;
      for (const end = to + pixels.width; to < end; to++, from += 3) {
        out[to] = table[bytes[from]!]!;
      }
    }
  }
}
