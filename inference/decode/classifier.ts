/** Classifiers: one logit a class (Russakovsky et al., 2015, arXiv:1409.0575: top-5). */

import { IMAGENET, PLAIN } from "./conventions.ts";
import { best, hasShape, notOfFamily, type OutputTensor, positive } from "./decoder.ts";
import type { ClassifierFamily, RankedClass } from "./family.ts";

/** Classes that are reported of a picture. */
const TOP = 5;

/**
 * One output `[1, classes]`, or with two dimensions of 1 beside (`[1, classes, 1, 1]`), of logits, or of probabilities where the model's last step is a softmax:
 * values that are none below 0 and add up to 1 are taken as they stand.
 *
 * @returns the five most probable classes, or as many as there are.
 */
function rankClasses(outputs: readonly OutputTensor[], classes: number): RankedClass[] {
  const [output] = outputs;
  if (outputs.length !== 1 || !output || classesIn(output) !== classes) {
    throw notOfFamily(outputs, "a classifier's", `one output [1, ${classes}]`);
  }
  const probabilities = isDistribution(output.data) ? output.data : softmax(output.data);
  return Array.from(probabilities, (score, classId) => ({ classId, score }))
    .filter(({ score }) => Number.isFinite(score))
    .sort((a, b) => b.score - a.score)
    .slice(0, TOP);
}

/** The length of the only dimension that may be more than 1. */
function classesIn(output: OutputTensor): number | undefined {
  const shapes = [[1, "C"], [1, "C", 1, 1], [1, 1, 1, "C"]] as const;
  return shapes.some((shape) => hasShape(output, shape))
    ? positive(output.dims.reduce((product, dim) => product * dim, 1))
    : undefined;
}

function isDistribution(values: Float32Array): boolean {
  const sum = values.reduce((a, b) => a + b, 0);
  return Math.abs(sum - 1) < 1e-3 && values.every((value) => value >= 0);
}

function softmax(logits: Float32Array): Float32Array {
  const { value: highest } = best(logits, 0, logits.length);
  const shares = logits.map((logit) => Math.exp(logit - highest));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

/** Classifiers of whole pictures. */
export const classifier: ClassifierFamily = {
  service: "classification",
  name: "classifier",
  layouts: [
    {
      about: "one value a class",
      classesOf: ([output, ...more]) => more.length === 0 && output ? classesIn(output) : undefined,
      input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "center_crop", resample: "antialias" },
      scoreThreshold: 0,
      iouThreshold: 1,
    },
  ],
  rank: rankClasses,
};
