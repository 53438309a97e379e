/** What a network says of its inputs and outputs. */

import { SmarteyeError } from "../core/errors.ts";
import type { ModelInput } from "./manifest.ts";

/** An input or an output of a network. */
export interface TensorInfo {
  /** As the ONNX file calls it. */
  readonly name: string;
  /** `float32`, `float16`, `uint8`, `int64` … */
  readonly type: string;
  /** Its shape; a word or a negative number where any size will do. */
  readonly dims: readonly (number | string)[];
}

/** Name, type and shape of a tensor, for messages. */
export function describe({ name, type, dims }: TensorInfo): string {
  return `${name} ${type} [${dims.join(", ")}]`;
}

/** Whether a dimension takes any size. */
export function isFree(dim: number | string | undefined): boolean {
  return typeof dim !== "number" || dim < 0;
}

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
