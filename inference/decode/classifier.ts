/** Classifiers: one logit a class (Russakovsky et al., 2015, arXiv:1409.0575: top-5). */

import { IMAGENET, PLAIN } from "./conventions.ts";
import { best, hasShape, notOfFamily, type OutputTensor } from "./decoder.ts";
import type { ClassifierFamily, RankedClass } from "./family.ts";

/** Classes that are reported of a picture. */
const TOP = 5;

/**
 * One output `[1, classes]` of logits, or of probabilities where the model's last step is a softmax:
 * values that are none below 0 and add up to 1 are taken as they stand.
 *
 * @returns the five most probable classes, or as many as there are.
 */
function rankClasses(outputs: readonly OutputTensor[], classes: number): RankedClass[] {
  const [output] = outputs;
  if (outputs.length !== 1 || output?.data.length !== classes || !hasShape(output, [1, classes])) {
    throw notOfFamily(outputs, "a classifier's", `one output [1, ${classes}]`);
  }
  const probabilities = isDistribution(output.data) ? output.data : softmax(output.data);
  return Array.from(probabilities, (score, classId) => ({ classId, score }))
    .filter(({ score }) => Number.isFinite(score))
    .sort((a, b) => b.score - a.score)
    .slice(0, TOP);
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
      classesOf: ([output, ...more]) =>
        more.length === 0 && output?.dims.length === 2 && output.dims[0] === 1
          ? output.dims[1]
          : undefined,
      input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "center_crop", resample: "antialias" },
      scoreThreshold: 0,
      iouThreshold: 1,
    },
  ],
  rank: rankClasses,
};
