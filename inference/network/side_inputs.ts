/** What a network is given beside the picture, see `SIDE_INPUTS`. */

import { SmarteyeError } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import type { Tensor, TensorInfo } from "../../core/tensor.ts";
import { SIZE_INPUT } from "./image_input.ts";
import { describe, isFree } from "./tensors.ts";

/** Side of the mask of transformers' exports, which do not leave it open (`DetrOnnxConfig`). */
const MASK_SIDE = 64;

/**
 * The tensor for an input beside the picture.
 *
 * @param size of the network's picture: boxes come in its pixels.
 * @param places pictures of the run.
 * @throws {SmarteyeError} `failed_precondition` when it takes something else.
 */
export function sideTensor(input: TensorInfo, { width, height }: Size, places: number): Tensor {
  const { name, type, dims } = input;
  if (name === SIZE_INPUT && type === "int64") return pairs(input, [width, height], places);
  if (name === "im_shape" && type === "float32") return pairs(input, [height, width], places);
  if (name === "scale_factor" && type === "float32") return pairs(input, [1, 1], places);
  if (name === "pixel_mask" && type === "int64" && dims.length === 3) {
    const [rows, columns] = dims.slice(1)
      .map((side) => isFree(side) ? MASK_SIDE : side as number) as [number, number];
    const data = new BigInt64Array(places * rows * columns).fill(1n);
    return { name, type, dims: [places, rows, columns], data };
  }
  throw new SmarteyeError(
    "failed_precondition",
    `its input is ${describe(input)}, which is not how ${name} is known`,
  );
}

/** Two numbers a picture. */
function pairs(
  { name, type }: TensorInfo,
  two: readonly [number, number],
  places: number,
): Tensor {
  const length = 2 * places;
  const data = type === "int64"
    ? BigInt64Array.from({ length }, (_, i) => BigInt(two[i % 2]!))
    : Float32Array.from({ length }, (_, i) => two[i % 2]!);
  return { name, type, dims: [places, 2], data } as Tensor;
}
