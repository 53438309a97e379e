/**
 * SSD (Liu et al., 2016, arXiv:1512.02325) with its boxes decoded in the model, such as the face
 * detector of Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB (`vision/ssd/predictor.py`, MIT).
 */

import { best, type Candidate, type Decoder, hasShape, notOfFamily } from "./decoder.ts";

/**
 * Two outputs in either order: scores `[1, N, classes]`, or `[1, N, 1 + classes]` with the
 * background first, softmax done; boxes `[1, N, 4]`, corners as shares of the input, 0 to 1.
 */
export const decodeSsd: Decoder = (
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
