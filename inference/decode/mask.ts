/** From a model's picture of an object to its run-length mask. */

import type { Box, RunLengthMask } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";

/** Which pixels of a model's input are an object. */
export interface ObjectMask {
  /** A part of the input in whole pixels, `x1, y1, x2, y2`: beyond it, none is. */
  readonly part: Box;
  /** Whether one within is. */
  readonly has: (x: number, y: number) => boolean;
}

/** How a picture lies in a model's input. */
export interface Placed {
  /** Size of the input in pixels. */
  readonly tensor: Size;
  /** Size that the picture is scaled to. */
  readonly scaled: Size;
  /** Pixels of the input left of it; negative where so many of the picture's are cut off. */
  readonly padX: number;
  /** The same above it. */
  readonly padY: number;
}

/** Share from which on a pixel belongs to the object. */
const THRESHOLD = 0.5;

/**
 * Mask `i` of a tensor of masks of the whole input, one after the other: each value is the share that a
 * pixel is the object's.
 *
 * @param box where the object is: Mask R-CNN's masks reach at most a few hundredths beyond it.
 */
export function wholeMask(data: Float32Array, i: number, box: Box, input: Size): ObjectMask {
  const { width } = input;
  const from = i * width * input.height;
  const marginX = 2 + (box[2] - box[0]) * 0.08;
  const marginY = 2 + (box[3] - box[1]) * 0.08;
  return {
    part: [
      Math.floor(box[0] - marginX),
      Math.floor(box[1] - marginY),
      Math.ceil(box[2] + marginX),
      Math.ceil(box[3] + marginY),
    ],
    has: (x, y) => data[from + y * width + x]! >= THRESHOLD,
  };
}

/**
 * The mask as runs, column by column, as COCO has it (cocodataset/cocoapi, `common/maskApi.c`).
 *
 * @param placed how the picture lies in the input: the mask is of the scaled picture, without padding.
 */
export function runLengths({ part, has }: ObjectMask, placed: Placed): RunLengthMask {
  const { scaled: { width, height }, tensor, padX, padY } = placed;
  const left = Math.max(0, -padX, part[0] - padX);
  const right = Math.min(width, tensor.width - padX, part[2] - padX);
  const top = Math.max(0, -padY, part[1] - padY);
  const bottom = Math.min(height, tensor.height - padY, part[3] - padY);
  const counts: number[] = [];
  let isObject = false;
  let since = 0; // where the run began, counting down the columns
  const turn = (at: number) => {
    counts.push(at - since);
    since = at;
    isObject = !isObject;
  };
  for (let x = left; x < right; x++) {
    for (let y = top; y < bottom; y++) {
      if (has(x + padX, y + padY) !== isObject) turn(x * height + y);
    }
    // Only a column that is looked at as a whole may run on into the next one.
    if (isObject && !(top === 0 && bottom === height)) turn(x * height + bottom);
  }
  if (isObject && right < width) turn(right * height);
  if (since < width * height) counts.push(width * height - since);
  return { size: [height, width], counts };
}
