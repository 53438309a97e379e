/** From a picture to a model's input and back: scaling, placing, and boxes the other way. */

import type { Box } from "../core/detection.ts";
import type { Size } from "../core/frame.ts";
import type { ModelInput } from "../models/manifest.ts";

/** How a picture lies in a model's input tensor: `tensor = source · scale + pad`, in pixels. */
export interface Fit {
  /** Size of the tensor. */
  readonly tensor: Size;
  /** Size that the picture is scaled to. */
  readonly scaled: Size;
  /** Empty pixels left of the scaled picture; negative where so many of it are cut off. */
  readonly padX: number;
  /** Empty pixels above it; negative where so many of it are cut off. */
  readonly padY: number;
}

/** Where a picture of size `source` goes in the model's input. */
export function fitInto(source: Size, input: ModelInput): Fit {
  const { width, height } = input;
  const tensor = { width, height };
  switch (input.fit) {
    case "stretch":
      return { tensor, scaled: tensor, padX: 0, padY: 0 };
    case "letterbox_top_left": // YOLOX rounds down
      return { tensor, scaled: scale(source, within(source, input), Math.floor), padX: 0, padY: 0 };
    case "letterbox_center": { // as YOLOv5's `letterbox`
      const scaled = scale(source, within(source, input), Math.round);
      return {
        tensor,
        scaled,
        padX: Math.floor((width - scaled.width) / 2),
        padY: Math.floor((height - scaled.height) / 2),
      };
    }
    case "center_crop": { // torchvision's `Resize`, then `CenterCrop`
      const { resize = Math.max(width, height) } = input;
      const scaled = scale(source, resize / Math.min(source.width, source.height), Math.trunc);
      return {
        tensor,
        scaled,
        padX: roundHalfEven((width - scaled.width) / 2),
        padY: roundHalfEven((height - scaled.height) / 2),
      };
    }
    case "as_is": {
      const scaled = scale(source, Math.min(1, within(source, input)), Math.floor);
      const up = (side: number) => Math.ceil(side / input.multiple_of) * input.multiple_of;
      return {
        tensor: { width: up(scaled.width), height: up(scaled.height) },
        scaled,
        padX: 0,
        padY: 0,
      };
    }
  }
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

/** The scale at which all of `source` lies within `into`. */
function within(source: Size, into: Size): number {
  return Math.min(into.width / source.width, into.height / source.height);
}

function scale(source: Size, factor: number, round: (value: number) => number): Size {
  // What is a whole number but for the last bit stays one: 333 / 500 · 500 is 332.99…
  const side = (value: number) => Math.max(1, round(Number((value * factor).toFixed(6))));
  return { width: side(source.width), height: side(source.height) };
}

/** As Python's `round`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
