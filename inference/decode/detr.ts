/**
 * Transformers that detect: DETR (Carion et al., 2020, arXiv:2005.12872), Deformable and RT-DETR
 * (Zhao et al., 2023, arXiv:2304.08069), D-FINE.
 */

import { IMAGENET, PLAIN, SHARES } from "./conventions.ts";
import {
  best,
  type Candidate,
  centered,
  type DecodeContext,
  type Decoder,
  hasNames,
  hasShape,
  notOfFamily,
  type OutputTensor,
  sigmoid,
} from "./decoder.ts";
import type { DetectorFamily, Layout } from "./family.ts";
import { candidatesOf, labelledBoxes } from "./labelled_boxes.ts";

/**
 * Either three outputs as RT-DETR and D-FINE are deployed, `labels [1, N]`, `boxes [1, N, 4]`
 * (corners in pixels of the size that the model is given) and `scores [1, N]`; or two, as DETR is
 * exported: boxes `[1, N, 4]` (`cx, cy, w, h` as shares of the input) and logits, `[1, N, classes]`
 * with a sigmoid to come, or `[1, N, classes + 1]` with a softmax to come whose last class is none.
 */
const decodeDetr: Decoder = (outputs, context): Candidate[] =>
  outputs.some(({ name }) => name === "scores")
    ? candidatesOf(labelledBoxes(outputs, "a deployed DETR"), context)
    : decodeQueries(outputs, context);

function decodeQueries(
  outputs: readonly OutputTensor[],
  { input, classes, scoreThreshold }: DecodeContext,
): Candidate[] {
  const boxes = outputs.find(({ name }) => /box/i.test(name)) ??
    outputs.findLast((output) => hasShape(output, [1, "N", 4]));
  const logits = outputs.find((output) => output !== boxes);
  const n = boxes?.dims[1];
  const size = logits?.dims[2];
  if (
    outputs.length !== 2 || !boxes || !logits || !hasShape(boxes, [1, "N", 4]) ||
    !hasShape(logits, [1, n!, "classes"]) || (size !== classes && size !== classes + 1)
  ) {
    throw notOfFamily(
      outputs,
      "DETR",
      `boxes [1, N, 4] and logits [1, N, ${classes} or ${classes + 1}]`,
    );
  }
  const scoreOf = size === classes ? sigmoid : undefined;
  const candidates: Candidate[] = [];
  for (let i = 0; i < n!; i++) {
    const { classId, value } = best(logits.data, i * size, classes);
    const score = scoreOf?.(value) ?? softmaxAt(logits.data, i * size, size, classId);
    if (!(score >= scoreThreshold)) continue;
    const [cx, cy, w, h] = boxes.data.subarray(4 * i, 4 * i + 4) as unknown as number[];
    const { width, height } = input;
    const box = centered(cx! * width, cy! * height, w! * width, h! * height);
    candidates.push({ classId, score, box });
  }
  return candidates;
}

/** The share of one of `count` logits from `from` on. */
function softmaxAt(data: Float32Array, from: number, count: number, place: number): number {
  const { value: highest } = best(data, from, count);
  let sum = 0;
  for (let c = 0; c < count; c++) sum += Math.exp(data[from + c]! - highest);
  return Math.exp(data[from + place]! - highest) / sum;
}

/** Labels, boxes and scores. */
const deployed: Layout = {
  about: "a deployed RT-DETR or D-FINE: labels, boxes, scores",
  classesOf: (outputs) => hasNames(outputs, "boxes", "labels", "scores") ? "untold" : undefined,
  input: { ...PLAIN, color: "rgb", ...SHARES, fit: "stretch" },
  scoreThreshold: 0.5,
  iouThreshold: 1,
};

/** Boxes and logits. */
const queries: Layout = {
  about: "DETR: logits and boxes of queries",
  classesOf: (outputs) => {
    const boxes = outputs.find(({ name }) => /box/i.test(name));
    const logits = outputs.find(({ name }) => /logit/i.test(name));
    if (outputs.length !== 2 || boxes?.dims[2] !== 4 || logits?.dims.length !== 3) {
      return undefined;
    }
    const columns = logits.dims[2]!;
    return columns in { 80: 0, 91: 0 } ? columns : columns - 1; // else the last is for none
  },
  input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
  scoreThreshold: 0.5,
  iouThreshold: 1,
};

/** DETR and its kin, deployed or as they were trained. */
export const detr: DetectorFamily = {
  service: "detection",
  name: "detr",
  layouts: [deployed, queries],
  decode: decodeDetr,
};
