/**
 * Transformers that detect with a sigmoid a class: Deformable DETR (arXiv:2010.04159), RT-DETR
 * (huggingface/transformers, `image_processing_rt_detr.py`; ultralytics/ultralytics,
 * `nn/modules/head.py`, `RTDETRDecoder`), RF-DETR (roboflow/rf-detr, `models/lwdetr.py`), D-FINE and
 * DEIM as they are trained.
 */

import type { Size } from "../../core/frame.ts";
import { IMAGENET, PLAIN, SHARES } from "./conventions.ts";
import {
  best,
  type Candidate,
  centered,
  type DecodeContext,
  type Decoder,
  hasNames,
  notOfFamily,
  type OutputTensor,
  positive,
} from "./decoder.ts";
import { areQueries, candidatesOfSigmoids, lastIsNone, queriesIn } from "./detr_queries.ts";
import type { DetectorFamily, Hints, Layout } from "./family.ts";
import { isCellCount } from "./grids.ts";
import { type Rows, rowsOf } from "./rows.ts";

/** Values of a box. */
const BOX = 4;

/**
 * Boxes `[1, N, 4]` (`cx, cy, w, h` as shares of the input) and logits `[1, N, classes]`; RF-DETR has
 * a column more, which means nothing. Each class of a query is an object of its own. Or, as
 * Ultralytics exports it, one output `[1, N, 4 + classes]` with the sigmoids done, of which each row
 * is one object.
 */
const decode: Decoder = (outputs, context): Candidate[] => {
  const { classes } = context;
  const rows = rowsOf(outputs);
  if (rows?.columns === BOX + classes) return decodeTable(rows, context);
  const queries = queriesIn(outputs);
  if (queries && (queries.columns === classes || queries.columns === classes + 1)) {
    return candidatesOfSigmoids(queries, context);
  }
  throw notOfFamily(
    outputs,
    "DETR with sigmoids",
    `boxes [1, N, 4] and logits [1, N, ${classes}], or one output [1, N, ${BOX + classes}]`,
  );
};

function decodeTable(
  { n, data, step }: Rows,
  { input: { width, height }, classes, scoreThreshold }: DecodeContext,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (let i = 0, at = 0; i < n; i++, at += step) {
    const { classId, value: score } = best(data, at + BOX, classes);
    if (!(score >= scoreThreshold)) continue;
    const [cx, cy, w, h] = data.subarray(at, at + BOX) as unknown as number[];
    const box = centered(cx! * width, cy! * height, w! * width, h! * height);
    candidates.push({ classId, score, box });
  }
  return candidates;
}

/** As many classes as columns, or one less where the file names one less. */
function classesOfQueries(
  outputs: readonly OutputTensor[],
  { names, forced }: Hints,
): number | undefined {
  const found = queriesIn(outputs);
  if (!found || !(forced || (areQueries(found) && !lastIsNone(found)))) return undefined;
  return found.columns - 1 === names ? names : positive(found.columns);
}

/** A table of shares, of fewer rows than cells. */
function classesOfTable(
  outputs: readonly OutputTensor[],
  size: Size,
  { forced }: Hints,
): number | undefined {
  const rows = rowsOf(outputs);
  if (!rows || rows.n <= rows.columns) return undefined;
  const fits = !isCellCount(rows.n, size, [1, 2, 3]) &&
    rows.data.every((value) => value >= -0.5 && value <= 1.5);
  return fits || forced ? positive(rows.columns - BOX) : undefined;
}

const SIGMOIDS: Pick<Layout, "scoreThreshold" | "iouThreshold"> = {
  scoreThreshold: 0.5,
  iouThreshold: 1,
};

/** DETR's kin with sigmoids. */
export const detrSigmoid: DetectorFamily = {
  service: "detection",
  name: "detr_sigmoid",
  layouts: [
    {
      about: "RF-DETR: boxes and logits of queries, a sigmoid a class",
      classesOf: (outputs, _, hints) =>
        hasNames(outputs, "dets", "labels") ? classesOfQueries(outputs, hints) : undefined,
      input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
      ...SIGMOIDS,
    },
    {
      about: "RT-DETR or its kin: boxes and logits of queries, a sigmoid a class",
      classesOf: (outputs, _, hints) => classesOfQueries(outputs, hints),
      input: { ...PLAIN, color: "rgb", ...SHARES, fit: "stretch" },
      ...SIGMOIDS,
    },
    {
      about: "RT-DETR in one table: boxes as shares, classes",
      classesOf: classesOfTable,
      input: { ...PLAIN, color: "rgb", ...SHARES, fit: "stretch" },
      ...SIGMOIDS,
    },
  ],
  decode,
};
