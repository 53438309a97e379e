/** From a model's picture of an object to its run-length mask. */

import type { Box, RunLengthMask } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";

/** How sure a model is, pixel by pixel, that the object is there; read when the object is kept. */
export interface SoftMask {
  /** Size of the picture. */
  readonly size: Size;
  /** Row by row, 0 to 1. */
  readonly data: Float32Array;
}

/** Share from which on a pixel belongs to the object. */
const THRESHOLD = 0.5;

/** Mask `i` of a tensor of masks, one after the other. */
export function softMask(data: Float32Array, i: number, size: Size): SoftMask {
  const area = size.width * size.height;
  return { size, data: data.subarray(i * area, (i + 1) * area) };
}

/**
 * The mask as runs, column by column, as COCO has it (cocodataset/cocoapi, `common/maskApi.c`).
 *
 * @param box where the object is: Mask R-CNN's masks reach at most a few hundredths beyond it.
 * @param within the part of the picture, from its upper left, that is not padding.
 */
export function runLengths({ size, data }: SoftMask, box: Box, within: Size): RunLengthMask {
  const { width, height } = within;
  const marginX = 2 + (box[2] - box[0]) * 0.08;
  const marginY = 2 + (box[3] - box[1]) * 0.08;
  const left = Math.max(0, Math.floor(box[0] - marginX));
  const right = Math.min(width, Math.ceil(box[2] + marginX));
  const top = Math.max(0, Math.floor(box[1] - marginY));
  const bottom = Math.min(height, Math.ceil(box[3] + marginY));
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
      if (data[y * size.width + x]! >= THRESHOLD !== isObject) turn(x * height + y);
    }
    // Only a column that is looked at as a whole may run on into the next one.
    if (isObject && !(top === 0 && bottom === height)) turn(x * height + bottom);
  }
  if (isObject && right < width) turn(right * height);
  if (since < width * height) counts.push(width * height - since);
  return { size: [height, width], counts };
}
