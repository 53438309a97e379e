/** YuNet (Wu et al., 2023, doi:10.1007/s11633-023-1423-y; OpenCV, `modules/objdetect/src/face_detect.cpp`). */

import { BYTES, PLAIN } from "./conventions.ts";
import {
  type Candidate,
  centered,
  type Decoder,
  hasNames,
  notOfFamily,
  type OutputTensor,
} from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { gridsOf } from "./grids.ts";

const STRIDES = [8, 16, 32] as const;

/**
 * Outputs named `cls_8`, `obj_8`, `bbox_8`, and so for strides 16 and 32, of `[1, cells, 1 or 4]`:
 * `score = √(cls · obj)`, `cx = (column + dx) · stride`, `w = exp(dw) · stride` in pixels of the
 * input. One class. The landmarks `kps_8` … are not read.
 */
const decodeYunet: Decoder = (outputs, { input, scoreThreshold }): Candidate[] => {
  const candidates: Candidate[] = [];
  for (const { stride, columns, rows } of gridsOf(input, STRIDES)) {
    const cls = named(outputs, `cls_${stride}`, columns * rows);
    const obj = named(outputs, `obj_${stride}`, columns * rows);
    const bbox = named(outputs, `bbox_${stride}`, columns * rows * 4);
    for (let cell = 0; cell < columns * rows; cell++) {
      const score = Math.sqrt(share(cls[cell]!) * share(obj[cell]!));
      if (!(score >= scoreThreshold)) continue;
      const cx = (cell % columns + bbox[cell * 4]!) * stride;
      const cy = (Math.floor(cell / columns) + bbox[cell * 4 + 1]!) * stride;
      const w = Math.exp(bbox[cell * 4 + 2]!) * stride;
      const h = Math.exp(bbox[cell * 4 + 3]!) * stride;
      candidates.push({ classId: 0, score, box: centered(cx, cy, w, h) });
    }
  }
  return candidates;
};

function named(outputs: readonly OutputTensor[], name: string, length: number): Float32Array {
  const output = outputs.find((one) => one.name === name);
  if (output?.data.length === length) return output.data;
  throw notOfFamily(outputs, "YuNet", `an output ${name} with ${length} values`);
}

function share(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** YuNet: faces. */
export const yunet: DetectorFamily = {
  service: "detection",
  name: "yunet",
  layouts: [
    {
      about: "a face detector with cls_8, obj_8, bbox_8 …",
      classesOf: (outputs) => hasNames(outputs, "cls_8", "obj_8", "bbox_8") ? 1 : undefined,
      input: { ...PLAIN, color: "bgr", ...BYTES, fit: "as_is", multiple_of: 32 },
      labels: ["face"],
      scoreThreshold: 0.6,
      iouThreshold: 0.3,
    },
  ],
  decode: decodeYunet,
};
