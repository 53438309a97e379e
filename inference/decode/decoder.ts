/** What a decoder is: it reads one family's output tensors. The family's layout stays in its file. */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { SmarteyeError } from "../../core/errors.ts";

/** An output of a model. */
export interface OutputTensor {
  /** As the ONNX file calls it. */
  readonly name: string;
  /** Its shape; the last dimension varies fastest. */
  readonly dims: readonly number[];
  /** As many values as `dims` multiply to. */
  readonly data: Float32Array;
}

/** An object that a model may have seen; several may be the same object until `suppress` has run. */
export interface Candidate {
  /** Place of its class in the model's labels, from 0. */
  readonly classId: number;
  /** Confidence, 0 to 1. */
  readonly score: number;
  /** In pixels of the model's input. */
  readonly box: Box;
}

/** What a decoder needs to know beside the tensors. */
export interface DecodeContext {
  /** Size of the model's input in pixels. */
  readonly input: Size;
  /** Number of classes. */
  readonly classes: number;
  /** Candidates below this score are left out, 0 to 1. */
  readonly scoreThreshold: number;
}

/** Reads a model's outputs, in the order in which the model names them. */
export type Decoder = (
  outputs: readonly OutputTensor[],
  context: DecodeContext,
) => Candidate[];

/**
 * The only output of a model, if it has the shape that is wanted.
 *
 * @throws {SmarteyeError} `failed_precondition` saying both shapes: the file is not of this family.
 */
export function onlyOutput(
  outputs: readonly OutputTensor[],
  family: string,
  wanted: readonly number[],
): Float32Array {
  const [output] = outputs;
  const fits = outputs.length === 1 && output !== undefined &&
    output.dims.length === wanted.length && output.dims.every((dim, i) => dim === wanted[i]);
  if (fits) return output.data;
  const found = outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", ");
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot read the model's outputs as ${family}: found ${found || "none"}, ` +
      `one output [${wanted.join(", ")}] is wanted`,
  );
}
