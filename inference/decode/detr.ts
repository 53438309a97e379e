/**
 * Transformers that detect: DETR (Carion et al., 2020, arXiv:2005.12872), and RT-DETR (Zhao et al.,
 * 2023, arXiv:2304.08069), D-FINE and DEIM as they are deployed.
 */

import { IMAGENET, PLAIN, SHARES } from "./conventions.ts";
import {
  best,
  type Candidate,
  type Decoder,
  hasNames,
  notOfFamily,
  type OutputTensor,
} from "./decoder.ts";
import {
  areQueries,
  candidatesOfQueries,
  candidatesOfSigmoids,
  lastIsNone,
  queriesIn,
} from "./detr_queries.ts";
import type { DetectorFamily, Layout } from "./family.ts";
import { candidatesOf, labelledBoxes } from "./labelled_boxes.ts";

/**
 * Either three outputs as RT-DETR, D-FINE and DEIM are deployed, `labels [1, N]`, `boxes [1, N, 4]`
 * (corners in pixels of the size that the model is given) and `scores [1, N]`; or two, as DETR is
 * exported: boxes `[1, N, 4]` (`cx, cy, w, h` as shares of the input) and logits `[1, N, classes + 1]`
 * with a softmax to come whose last class is none. Without that one it is a sigmoid, as in
 * `detr_sigmoid`.
 */
const decodeDetr: Decoder = (outputs, context): Candidate[] => {
  if (outputs.some(({ name }) => name === "scores")) {
    return candidatesOf(labelledBoxes(outputs, "a deployed DETR"), context);
  }
  const { classes } = context;
  const queries = queriesIn(outputs);
  const columns = queries?.columns;
  if (!queries || (columns !== classes && columns !== classes + 1)) {
    throw notOfFamily(
      outputs,
      "DETR",
      `boxes [1, N, 4] and logits [1, N, ${classes} or ${classes + 1}]`,
    );
  }
  if (columns === classes) return candidatesOfSigmoids(queries, context);
  const { data } = queries.logits;
  return candidatesOfQueries(
    queries,
    context,
    (_, from, classId) => softmaxAt(data, from, columns, classId),
  );
};

/** The share of one of `count` logits from `from` on. */
function softmaxAt(data: Float32Array, from: number, count: number, place: number): number {
  const { value: highest } = best(data, from, count);
  let sum = 0;
  for (let c = 0; c < count; c++) sum += Math.exp(data[from + c]! - highest);
  return Math.exp(data[from + place]! - highest) / sum;
}

/** Labels, boxes and scores. */
const deployed: Layout = {
  about: "a deployed RT-DETR, D-FINE or DEIM: labels, boxes, scores",
  classesOf: (outputs) => hasNames(outputs, "boxes", "labels", "scores") ? "untold" : undefined,
  input: { ...PLAIN, color: "rgb", ...SHARES, fit: "stretch" },
  scoreThreshold: 0.5,
  iouThreshold: 1,
};

/** Boxes and logits. */
const queries: Layout = {
  about: "DETR: logits and boxes of queries, the last class is none",
  classesOf: (outputs: readonly OutputTensor[], _, { forced }) => {
    const found = queriesIn(outputs);
    if (!found || found.columns < 2) return undefined;
    return forced || (areQueries(found) && lastIsNone(found)) ? found.columns - 1 : undefined;
  },
  input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
  scoreThreshold: 0.5,
  iouThreshold: 1,
};

/** DETR, and its kin as they are deployed. */
export const detr: DetectorFamily = {
  service: "detection",
  name: "detr",
  layouts: [deployed, queries],
  decode: decodeDetr,
};
