/** From a picture to a model's input and back: scaling, letterboxing, and boxes the other way. */

import type { Box } from "../core/detection.ts";
import type { Size } from "../core/frame.ts";
import type { ModelInput } from "../models/manifest.ts";

/** How a picture lies in a model's input: `input = source · scale + pad`, in pixels. */
export interface Fit {
  /** Size that the picture is scaled to. */
  readonly scaled: Size;
  /** Empty pixels left of the scaled picture. */
  readonly padX: number;
  /** Empty pixels above it. */
  readonly padY: number;
}

/** Where a picture of size `source` goes in the model's input. */
export function fitInto(source: Size, input: ModelInput): Fit {
  if (input.fit === "stretch") {
    return { scaled: { width: input.width, height: input.height }, padX: 0, padY: 0 };
  }
  const ratio = Math.min(input.width / source.width, input.height / source.height);
  const scaled = {
    width: Math.max(1, Math.floor(source.width * ratio)),
    height: Math.max(1, Math.floor(source.height * ratio)),
  };
  if (input.fit === "letterbox_top_left") return { scaled, padX: 0, padY: 0 };
  return {
    scaled,
    padX: Math.floor((input.width - scaled.width) / 2),
    padY: Math.floor((input.height - scaled.height) / 2),
  };
}

/**
 * A box of the model's input as a box of the picture, cut at the picture's edges; `undefined` when
 * nothing of it lies within.
 */
export function boxInSource(box: Box, fit: Fit, source: Size): Box | undefined {
  const kx = source.width / fit.scaled.width;
  const ky = source.height / fit.scaled.height;
  const x1 = Math.max(0, (box[0] - fit.padX) * kx);
  const y1 = Math.max(0, (box[1] - fit.padY) * ky);
  const x2 = Math.min(source.width, (box[2] - fit.padX) * kx);
  const y2 = Math.min(source.height, (box[3] - fit.padY) * ky);
  return x1 < x2 && y1 < y2 ? [x1, y1, x2, y2] : undefined;
}
