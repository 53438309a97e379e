/** What is told of one picture's way through a model: what its outputs hold, and what is found. */

import type { Findings } from "../../core/detection.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import type { TensorInfo } from "../../core/tensor.ts";

/** Scores at which an inspection counts what is found. */
export const INSPECTED_SCORES: readonly number[] = [0.05, 0.25, 0.5, 0.75];

/** What an output holds. */
export interface OutputSummary {
  /** As the ONNX file calls it. */
  readonly name: string;
  /** Its shape. */
  readonly dims: readonly number[];
  /** Least value that is a number; Infinity where there is none. */
  readonly min: number;
  /** Greatest value that is a number; -Infinity where there is none. */
  readonly max: number;
  /** Mean of the values that are numbers. */
  readonly mean: number;
  /** Values that are NaN. */
  readonly nans: number;
}

/** One picture's way through a model. */
export interface Inspection {
  /** The input that takes the image. */
  readonly image: TensorInfo;
  /** Every output. */
  readonly outputs: readonly OutputSummary[];
  /** How much is found at `INSPECTED_SCORES`, after suppression. */
  readonly objects: readonly { readonly score: number; readonly found: number }[];
  /** What is found at the manifest's own threshold, in pixels of the picture. */
  readonly findings: Findings;
}

/** Range and mean of an output. */
export function summaryOf({ name, dims, data }: OutputTensor): OutputSummary {
  let [min, max, sum, nans] = [Infinity, -Infinity, 0, 0];
  for (const value of data) {
    if (Number.isNaN(value)) {
      nans++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { name, dims, min, max, mean: sum / Math.max(1, data.length - nans), nans };
}

/** How many findings there are. */
export function findingsCount(findings: Findings): number {
  return "detections" in findings ? findings.detections.length : findings.classifications.length;
}
