/** The image among a network's inputs: how it lies there, and how many of them at once. */

import { SmarteyeError } from "../../core/errors.ts";
import type { ModelInput } from "../../models/manifest.ts";
import type { TensorInfo } from "../../core/tensor.ts";
import { describe, isFree } from "./tensors.ts";

/** Pictures that go into one run at most: their tensor and outputs are in memory together. */
export const BATCH_MAX = 64;

/** A second input, of networks that scale boxes themselves: width and height, `[1, 2]` int64. */
export const SIZE_INPUT = "orig_target_sizes";

/**
 * Inputs that a network may have beside the image: its size, of networks that scale boxes themselves,
 * as `SIZE_INPUT` or as PaddleDetection has it (`im_shape` and `scale_factor`, `[1, 2]` float32, height
 * first); and which pixels are not padded, of transformers (`pixel_mask`, int64).
 */
export const SIDE_INPUTS: readonly string[] = [
  ...[SIZE_INPUT, "im_shape", "scale_factor", "pixel_mask"],
];

/**
 * How an image lies in a tensor.
 *
 * @throws {SmarteyeError} `failed_precondition` when it is no image of three colours.
 */
export function layoutOf(image: TensorInfo): ModelInput["layout"] {
  const { dims } = image;
  if (dims.length === 4 && (dims[1] === 3 || (isFree(dims[1]) && dims[3] !== 3))) return "nchw";
  if (dims.length === 4 && dims[3] === 3) return "nhwc";
  if (dims.length === 3 && (dims[0] === 3 || isFree(dims[0]))) return "chw";
  throw new SmarteyeError(
    "failed_precondition",
    `its input is ${describe(image)}, an image of three colours is wanted: ` +
      `[1, 3, height, width], [1, height, width, 3] or [3, height, width]`,
  );
}

/**
 * The type of an image's elements.
 *
 * @throws {SmarteyeError} `failed_precondition` when it is none that pictures are fed as.
 */
export function typeOf(image: TensorInfo): ModelInput["type"] {
  const { type } = image;
  if (type === "float32" || type === "float16" || type === "uint8") return type;
  throw new SmarteyeError(
    "failed_precondition",
    `its input is ${describe(image)}, float32, float16 or uint8 is wanted`,
  );
}

/** Whether a network leaves the size of its image open; the number of images does not count. */
export function takesAnySize({ dims }: TensorInfo): boolean {
  return dims.some((dim, i) => isFree(dim) && !(i === 0 && dims.length === 4));
}

/**
 * How many pictures a network says that each run takes: a number, or `any`. It is `any` only where
 * every output may have an axis of pictures as well; whether it really has one, a run shows.
 *
 * @throws {SmarteyeError} `failed_precondition` when it always takes more than `BATCH_MAX`, or none.
 */
export function batchOf(image: TensorInfo, outputs: readonly TensorInfo[]): number | "any" {
  if (image.dims.length !== 4) return 1;
  const pictures = image.dims[0]!;
  if (isFree(pictures)) return outputs.every(({ dims }) => isFree(dims[0])) ? "any" : 1;
  const count = Number(pictures);
  if (count >= 1 && count <= BATCH_MAX) return count;
  throw new SmarteyeError(
    "failed_precondition",
    `its input is ${describe(image)}, 1 to ${BATCH_MAX} pictures at once are wanted`,
  );
}
