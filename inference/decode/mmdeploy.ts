/** OpenMMLab's detectors as MMDeploy exports them (open-mmlab/mmdeploy, `configs/mmdet`, Apache-2.0). */

import { PLAIN } from "./conventions.ts";
import { type Candidate, type Decoder, notOfFamily, type OutputTensor } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { objectRows, type Rows } from "./rows.ts";

/** `x1, y1, x2, y2` in pixels of the input, score. */
const COLUMNS = 5;

/** `dets [1, N, 5]`, suppressed already, and `labels [1, N]` from 0. */
const decode: Decoder = (outputs, { classes, scoreThreshold }): Candidate[] => {
  const found = objectsIn(outputs);
  if (!found) throw notOfFamily(outputs, "MMDeploy's", "dets [1, N, 5] and labels [1, N]");
  const { rows: { n, data }, labels } = found;
  const candidates: Candidate[] = [];
  for (let i = 0, at = 0; i < n; i++, at += COLUMNS) {
    const [score, classId] = [data[at + 4]!, labels.data[i]!];
    if (!(score >= scoreThreshold) || !(classId >= 0 && classId < classes)) continue;
    const box = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!] as const;
    candidates.push({ classId: Math.trunc(classId), score, box });
  }
  return candidates;
};

function objectsIn(
  outputs: readonly OutputTensor[],
): { readonly rows: Rows; readonly labels: OutputTensor } | undefined {
  const dets = outputs.find((output) => objectRows(output, COLUMNS) && output.dims.length > 1);
  const labels = outputs.find((output) => output !== dets);
  const rows = objectRows(dets, COLUMNS);
  if (outputs.length !== 2 || !rows || !labels || labels.dims.length >= dets!.dims.length) {
    return undefined;
  }
  return labels.data.length === rows.n ? { rows, labels } : undefined;
}

/** MMDeploy's exports. */
export const mmdeploy: DetectorFamily = {
  service: "detection",
  name: "mmdeploy",
  layouts: [
    {
      about: "MMDeploy's: rows of corners and score, and labels",
      classesOf: (outputs) => objectsIn(outputs) ? "untold" : undefined,
      input: {
        ...PLAIN,
        color: "bgr",
        mean: [103.53, 116.28, 123.675],
        std: [57.375, 57.12, 58.395],
        fit: "letterbox_top_left",
        pad: 114,
      },
      scoreThreshold: 0.3,
      iouThreshold: 1,
    },
  ],
  decode,
};
