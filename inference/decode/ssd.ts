/**
 * SSD (Liu et al., 2016, arXiv:1512.02325) with its boxes decoded in the model, such as the face
 * detector of Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB (`vision/ssd/predictor.py`, MIT).
 */

import { PLAIN } from "./conventions.ts";
import { best, type Candidate, type Decoder, hasShape, notOfFamily, positive } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";

/**
 * Two outputs in either order: scores `[1, N, classes]`, or `[1, N, 1 + classes]` with the
 * background first, softmax done; boxes `[1, N, 4]`, corners as shares of the input, 0 to 1.
 */
const decodeSsd: Decoder = (
  outputs,
  { input, classes, scoreThreshold },
): Candidate[] => {
  const boxes = outputs.find((output) => /box|loc/i.test(output.name)) ??
    outputs.findLast((output) => hasShape(output, [1, "N", 4]));
  const scores = outputs.find((output) => output !== boxes);
  const n = boxes?.dims[1];
  const size = scores?.dims[2];
  if (
    outputs.length !== 2 || !boxes || !scores || !hasShape(boxes, [1, n!, 4]) ||
    !hasShape(scores, [1, n!, "classes"]) ||
    (size !== classes && size !== classes + 1)
  ) {
    throw notOfFamily(
      outputs,
      "SSD",
      `scores [1, N, ${classes} or ${classes + 1}] and boxes [1, N, 4]`,
    );
  }
  const background = size - classes;
  const { width, height } = input;
  const candidates: Candidate[] = [];
  for (let i = 0; i < n!; i++) {
    const { classId, value: score } = best(scores.data, i * size + background, classes);
    if (!(score >= scoreThreshold)) continue;
    const [x1, y1, x2, y2] = boxes.data.subarray(i * 4, i * 4 + 4) as unknown as number[];
    candidates.push({
      classId,
      score,
      box: [x1! * width, y1! * height, x2! * width, y2! * height],
    });
  }
  return candidates;
};

/** SSD with its boxes decoded, such as detectors of faces. */
export const ssd: DetectorFamily = {
  service: "detection",
  name: "ssd",
  layouts: [
    {
      about: "SSD: scores, the background first, and corners as shares",
      classesOf: (outputs) => {
        const boxes = outputs.find(({ dims }) => dims.length === 3 && dims[2] === 4);
        const scores = outputs.find((output) => output !== boxes);
        return outputs.length === 2 && boxes && scores?.dims.length === 3 &&
            scores.dims[1] === boxes.dims[1]
          ? positive(scores.dims[2]! - 1)
          : undefined;
      },
      input: {
        ...PLAIN,
        color: "rgb",
        mean: [127, 127, 127],
        std: [128, 128, 128],
        fit: "stretch",
      },
      labels: ["face"],
      scoreThreshold: 0.7,
      iouThreshold: 0.3,
    },
  ],
  decode: decodeSsd,
};
