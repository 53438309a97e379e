/** NanoDet (RangiLyu/nanodet, `nanodet/model/head/nanodet_head.py`, Apache-2.0). */

import { PLAIN } from "./conventions.ts";
import { classesOfDistributions, decoderOfDistributions } from "./dfl.ts";
import type { DetectorFamily } from "./family.ts";

/** Six outputs: scores of these strides, then the distances' distributions. */
const STRIDES = [8, 16, 32] as const;

/** NanoDet. */
export const nanodet: DetectorFamily = {
  service: "detection",
  name: "nanodet",
  layouts: [
    {
      about: "NanoDet: scores and distributions of strides 8 to 32",
      classesOf: (outputs, size) => classesOfDistributions(outputs, size, STRIDES),
      input: {
        ...PLAIN,
        color: "bgr",
        mean: [103.53, 116.28, 123.675],
        std: [57.375, 57.12, 58.395],
        fit: "letterbox_center",
      },
      scoreThreshold: 0.4,
      iouThreshold: 0.6,
    },
  ],
  decode: decoderOfDistributions("NanoDet", STRIDES),
};
