/** What a network says of its inputs and outputs. */

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
