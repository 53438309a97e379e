/** From a picture to a model's input and back: scaling, placing, and boxes the other way. */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import type { ModelInput } from "../../models/manifest.ts";

/** How a picture lies in a model's input tensor. */
export interface Fit {
  /** Size of the tensor. */
  readonly tensor: Size;
  /** Size that the picture is scaled to, in whole pixels. */
  readonly scaled: Size;
  /** Empty pixels left of the scaled picture; negative where so many of it are cut off. */
  readonly padX: number;
  /** Empty pixels above it; negative where so many of it are cut off. */
  readonly padY: number;
  /** `tensor x = source x · scaleX + padX`, in pixels. */
  readonly scaleX: number;
  /** `tensor y = source y · scaleY + padY`, in pixels. */
  readonly scaleY: number;
}

/** Where a picture of size `source` goes in the model's input. */
export function fitInto(source: Size, input: ModelInput): Fit {
  const { width, height } = input;
  const tensor = { width, height };
  const upperLeft = { padX: 0, padY: 0 };
  switch (input.fit) {
    case "stretch":
      return { tensor, scaled: tensor, ...upperLeft, ...scales(source, tensor) };
    case "letterbox_top_left": { // YOLOX's `preproc`
      const ratio = within(source, input);
      const scaled = scale(source, ratio, Math.floor);
      return { tensor, scaled, ...upperLeft, scaleX: ratio, scaleY: ratio };
    }
    case "letterbox_center": { // YOLOv5's `letterbox` and `scale_boxes`
      const ratio = within(source, input);
      const scaled = scale(source, ratio, Math.round);
      return {
        tensor,
        scaled,
        padX: Math.floor((width - scaled.width) / 2),
        padY: Math.floor((height - scaled.height) / 2),
        scaleX: ratio,
        scaleY: ratio,
      };
    }
    case "center_crop": { // torchvision's `Resize` and `CenterCrop`
      const { resize = Math.max(width, height) } = input;
      const scaled = scale(source, resize / Math.min(source.width, source.height), Math.trunc);
      return {
        tensor,
        scaled,
        padX: roundHalfEven((width - scaled.width) / 2),
        padY: roundHalfEven((height - scaled.height) / 2),
        ...scales(source, scaled),
      };
    }
    case "as_is": {
      const scaled = scale(source, Math.min(1, within(source, input)), Math.floor);
      const up = (side: number) => Math.ceil(side / input.multiple_of) * input.multiple_of;
      return {
        tensor: { width: up(scaled.width), height: up(scaled.height) },
        scaled,
        ...upperLeft,
        ...scales(source, scaled),
      };
    }
  }
}

/**
 * A box of the model's input as a box of the picture, cut at the picture's edges; `undefined` when
 * nothing of it lies within.
 */
export function boxInSource(box: Box, fit: Fit, source: Size): Box | undefined {
  const x1 = Math.max(0, (box[0] - fit.padX) / fit.scaleX);
  const y1 = Math.max(0, (box[1] - fit.padY) / fit.scaleY);
  const x2 = Math.min(source.width, (box[2] - fit.padX) / fit.scaleX);
  const y2 = Math.min(source.height, (box[3] - fit.padY) / fit.scaleY);
  return x1 < x2 && y1 < y2 ? [x1, y1, x2, y2] : undefined;
}

function scales(source: Size, scaled: Size): { scaleX: number; scaleY: number } {
  return { scaleX: scaled.width / source.width, scaleY: scaled.height / source.height };
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

/** To the nearest whole number, halves to the even one: as Python's `round` and C's `rint`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
