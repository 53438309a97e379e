/** PicoDet (Yu et al., 2021, arXiv:2111.00902; PaddleDetection, `ppdet/modeling/heads/pico_head.py`). */

import { IMAGENET, PLAIN } from "./conventions.ts";
import { classesOfDistributions, decoderOfDistributions } from "./dfl.ts";
import type { DetectorFamily } from "./family.ts";

/** Eight outputs: scores of these strides, then the distances' distributions. */
const STRIDES = [8, 16, 32, 64] as const;

/** PicoDet. */
export const picodet: DetectorFamily = {
  service: "detection",
  name: "picodet",
  layouts: [
    {
      about: "PicoDet: scores and distributions of strides 8 to 64",
      classesOf: (outputs, size) => classesOfDistributions(outputs, size, STRIDES),
      input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
      scoreThreshold: 0.4,
      iouThreshold: 0.6,
    },
  ],
  decode: decoderOfDistributions("PicoDet", STRIDES),
};
