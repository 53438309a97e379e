/**
 * What a decoder is: it reads one family's output tensors, those of one picture. Of a run on several
 * pictures each gets its own part (`image_network.ts`), so that no decoder knows of the others.
 */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { ObjectMask } from "./mask.ts";

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
  /** Which pixels of the model's input are the object, for families that say it; asked of what is kept. */
  readonly mask?: () => ObjectMask;
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
  wanted: readonly (number | string)[],
): OutputTensor {
  const [output] = outputs;
  if (outputs.length === 1 && output !== undefined && hasShape(output, wanted)) return output;
  throw notOfFamily(outputs, family, `one output [${wanted.join(", ")}]`);
}

/** Whether there are outputs of all these names. */
export function hasNames(outputs: readonly OutputTensor[], ...names: string[]): boolean {
  return names.every((wanted) => outputs.some(({ name }) => name === wanted));
}

/** A number of classes, if there is at least one. */
export function positive(classes: number): number | undefined {
  return classes > 0 ? classes : undefined;
}

/** Whether an output has a shape; where a word stands, any number will do. */
export function hasShape({ dims }: OutputTensor, wanted: readonly (number | string)[]): boolean {
  return dims.length === wanted.length &&
    wanted.every((dim, i) => typeof dim === "string" || dim === dims[i]);
}

/** `failed_precondition`: the outputs are not what the family has. */
export function notOfFamily(
  outputs: readonly OutputTensor[],
  family: string,
  wanted: string,
): SmarteyeError {
  const found = outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", ");
  return new SmarteyeError(
    "failed_precondition",
    `Cannot read the model's outputs as ${family}: found ${found || "none"}, ${wanted} is wanted`,
  );
}

/**
 * The best of `count` values, `step` apart from `from` on, and its place among them. NaN is never
 * the best.
 */
export function best(
  data: Float32Array,
  from: number,
  count: number,
  step = 1,
): { classId: number; value: number } {
  let classId = 0;
  let value = -Infinity;
  for (let c = 0, at = from; c < count; c++, at += step) {
    const one = data[at]!;
    if (one > value) [value, classId] = [one, c];
  }
  return { classId, value };
}

/** The box of a centre and a size. */
export function centered(cx: number, cy: number, w: number, h: number): Box {
  return [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2];
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
