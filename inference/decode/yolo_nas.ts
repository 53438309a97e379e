/** YOLO-NAS (Deci-AI/super-gradients, `documentation/source/models_export.md`, Apache-2.0). */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { LETTERBOX } from "./conventions.ts";
import {
  type Candidate,
  type DecodeContext,
  type Decoder,
  hasShape,
  notOfFamily,
  type OutputTensor,
  positive,
} from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { isCellCount } from "./grids.ts";
import { areObjects, candidatesOfRows, objectRows, type RowPlaces } from "./rows.ts";

/** The flat form: the picture's number, `x1, y1, x2, y2` in pixels of the input, score, class. */
const PLACES: RowPlaces = { columns: 7, picture: 0, box: 1, score: 5, classId: 6 };

/** Boxes and scores of every cell, the boxes first or second. */
interface CellBoxes {
  /** `[1, N, 4]`, corners in pixels of the input. */
  readonly boxes: OutputTensor;
  /** `[1, N, classes]`, sigmoids already. */
  readonly scores: OutputTensor;
  /** How many. */
  readonly n: number;
}

/**
 * Either one output `[N, 7]`, suppressed already; or two without suppression: corners `[1, N, 4]` in
 * pixels of the input and scores `[1, N, classes]`, where each class of a box is an object of its own
 * (`multi_label_per_box`). Its third form, in batches, is `efficient_nms`'s.
 */
const decode: Decoder = (outputs, context): Candidate[] => {
  const rows = outputs.length === 1 ? objectRows(outputs[0], PLACES.columns) : undefined;
  if (rows) return candidatesOfRows(rows, PLACES, context);
  const found = cellBoxesOf(outputs);
  if (!found || !hasShape(found.scores, [1, found.n, context.classes])) {
    throw notOfFamily(
      outputs,
      "YOLO-NAS",
      `one output [N, 7], or boxes [1, N, 4] and scores [1, N, ${context.classes}]`,
    );
  }
  return decodeCells(found, context);
};

function decodeCells({ boxes, scores, n }: CellBoxes, context: DecodeContext): Candidate[] {
  const { classes, scoreThreshold } = context;
  const candidates: Candidate[] = [];
  for (let i = 0; i < n; i++) {
    for (let classId = 0; classId < classes; classId++) {
      const score = scores.data[i * classes + classId]!;
      if (!(score >= scoreThreshold)) continue;
      const box = Array.from(boxes.data.subarray(4 * i, 4 * i + 4)) as unknown as Box;
      candidates.push({ classId, score, box });
    }
  }
  return candidates;
}

function cellBoxesOf(outputs: readonly OutputTensor[]): CellBoxes | undefined {
  const boxes = outputs.find((output) => hasShape(output, [1, "N", 4]));
  const scores = outputs.find((output) => output !== boxes);
  const n = boxes?.dims[1];
  if (outputs.length !== 2 || !boxes || !scores || !hasShape(scores, [1, n!, "classes"])) {
    return undefined;
  }
  return { boxes, scores, n: n! };
}

/** Classes of boxes in pixels with scores that are shares, one of each for every cell. */
function classesOfCells(outputs: readonly OutputTensor[], size: Size): number | undefined {
  const found = cellBoxesOf(outputs);
  if (!found || !isCellCount(found.n, size)) return undefined;
  const inPixels = found.boxes.data.some((value) => value > 2);
  const areShares = found.scores.data.every((value) => value >= 0 && value <= 1.001);
  return inPixels && areShares ? positive(found.scores.dims[2]!) : undefined;
}

/** YOLO-NAS. */
export const yoloNas: DetectorFamily = {
  service: "detection",
  name: "yolo_nas",
  layouts: [
    {
      about: "YOLO-NAS, flat: rows of picture, corners, score, class",
      classesOf: (outputs, _, { forced }) => {
        const rows = outputs.length === 1 ? objectRows(outputs[0], PLACES.columns) : undefined;
        return rows && (forced || areObjects(rows, PLACES)) ? "untold" : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 1,
    },
    {
      about: "YOLO-NAS without suppression: corners in pixels and scores of every cell",
      classesOf: classesOfCells,
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 0.7,
    },
  ],
  decode,
};
