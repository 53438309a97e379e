/** A network's tensors: what it takes and gives, and whether it is given that. */

import { SmarteyeError } from "../../core/errors.ts";
import type { Tensor, TensorInfo } from "../../core/tensor.ts";

/** What a loaded network takes and gives, and how many pictures of it at once. */
export interface ModelTensors {
  /** Every input, in the file's order. */
  readonly inputs: readonly TensorInfo[];
  /** Every output, in the file's order. */
  readonly outputs: readonly TensorInfo[];
  /** Pictures that one run takes at most, 1 or more. */
  readonly batchMax: number;
}

/** Name, type and shape of a tensor, for messages. */
export function describe(
  { name, type, dims }: Pick<TensorInfo, "name" | "dims"> & { readonly type: string },
): string {
  return `${name} ${type} [${dims.join(", ")}]`;
}

/** Whether a dimension takes any size. */
export function isFree(dim: number | string | undefined): boolean {
  return typeof dim !== "number" || dim < 0;
}

/** Whether two shapes agree; a free dimension of either agrees with every size. */
export function agree(
  one: readonly (number | string)[],
  other: readonly (number | string)[],
): boolean {
  return one.length === other.length &&
    one.every((dim, i) => isFree(dim) || isFree(other[i]) || dim === other[i]);
}

/**
 * Checks that tensors are what a network's inputs take: each of them once, and nothing else.
 *
 * @param inputs what the network says of them; one without any dimension may be of any shape, for
 * files that do not say the shape.
 * @throws {SmarteyeError} `invalid_argument` naming the tensor, what was given and what is wanted.
 */
export function assertFit(inputs: readonly TensorInfo[], given: readonly Tensor[]): void {
  for (const { name } of given) {
    if (inputs.some((input) => input.name === name)) continue;
    const wanted = inputs.map(describe).join(", ");
    throw refused(`it has no input "${name}", ${wanted || "no tensor"} is wanted`);
  }
  for (const input of inputs) {
    const [tensor, ...more] = given.filter(({ name }) => name === input.name);
    if (!tensor) throw refused(`its input ${describe(input)} was not given`);
    if (more.length > 0) {
      throw refused(`its input ${input.name} was given ${1 + more.length} times, once is wanted`);
    }
    const { type, dims, data } = tensor;
    if (type !== input.type || !(input.dims.length === 0 || agree(input.dims, dims))) {
      throw refused(`its input is ${describe(input)}, ${type} [${dims.join(", ")}] was given`);
    }
    const wanted = dims.reduce((product, dim) => product * dim, 1);
    if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0) || data.length !== wanted) {
      throw refused(
        `its input ${input.name} of shape [${dims.join(", ")}] was given with ${data.length} ` +
          `values, as many as the shape has are wanted`,
      );
    }
  }
}

function refused(problem: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `it cannot run: ${problem}`);
}
