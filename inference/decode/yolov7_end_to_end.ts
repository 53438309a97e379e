/** YOLOv7 with its suppression inside (WongKinYiu/yolov7, `models/experimental.py`, `ONNX_ORT`). */

import { LETTERBOX } from "./conventions.ts";
import { type Candidate, type Decoder, notOfFamily } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { areObjects, candidatesOfRows, objectRows, type RowPlaces } from "./rows.ts";

/** The picture's number, `x1, y1, x2, y2` in pixels of the input, class, score. */
const PLACES: RowPlaces = { columns: 7, picture: 0, box: 1, classId: 5, score: 6 };

/** One output `[N, 7]`, a row an object. */
const decode: Decoder = (outputs, context): Candidate[] => {
  const rows = outputs.length === 1 ? objectRows(outputs[0], PLACES.columns) : undefined;
  if (!rows) throw notOfFamily(outputs, "YOLOv7 end to end", "one output [N, 7]");
  return candidatesOfRows(rows, PLACES, context);
};

/** YOLOv7 end to end. */
export const yolov7EndToEnd: DetectorFamily = {
  service: "detection",
  name: "yolov7_end_to_end",
  layouts: [
    {
      about: "YOLOv7 end to end: rows of picture, corners, class, score",
      classesOf: (outputs, _, { forced }) => {
        const rows = outputs.length === 1 ? objectRows(outputs[0], PLACES.columns) : undefined;
        return rows && (forced || areObjects(rows, PLACES)) ? "untold" : undefined;
      },
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 1,
    },
  ],
  decode,
};
