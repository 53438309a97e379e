/** torchvision's detectors: Faster R-CNN, RetinaNet, Mask R-CNN (pytorch/vision, `models/detection`). */

import { PLAIN, SHARES } from "./conventions.ts";
import { type Candidate, type Decoder, hasNames, hasShape, notOfFamily } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { candidatesOf, labelledBoxes } from "./labelled_boxes.ts";
import { wholeMask } from "./mask.ts";

/**
 * Outputs `boxes [N, 4]` in pixels of the input, `labels [N]` with the background as class 0,
 * `scores [N]`, and of Mask R-CNN `masks [N, 1, height, width]`, each the share that a pixel is the
 * object's. Scaling, suppression and the limit of 100 objects are in the model.
 */
const decodeTorchvision: Decoder = (outputs, context): Candidate[] => {
  const found = labelledBoxes(outputs, "torchvision's");
  const masks = outputs.find(({ name }) => name === "masks");
  if (!masks) return candidatesOf(found, context);
  const n = found.scores.data.length;
  const { width, height } = context.input;
  if (!hasShape(masks, [n, 1, height, width])) {
    throw notOfFamily(outputs, "Mask R-CNN", `masks [${n}, 1, ${height}, ${width}]`);
  }
  return candidatesOf(found, context, (i, box) => ({
    mask: () => wholeMask(masks.data, i, box, context.input),
  }));
};

/** torchvision's detectors, as `models/export/` exports them. */
export const torchvision: DetectorFamily = {
  service: "detection",
  name: "torchvision",
  layouts: [
    {
      about: "boxes [N, 4], labels [N], scores [N]",
      classesOf: (outputs) =>
        hasNames(outputs, "boxes", "labels", "scores") &&
          outputs.find(({ name }) => name === "boxes")!.dims.length === 2
          ? "untold"
          : undefined,
      input: { ...PLAIN, color: "rgb", ...SHARES, fit: "as_is" },
      labelSet: "coco91",
      scoreThreshold: 0.5,
      iouThreshold: 1,
    },
  ],
  decode: decodeTorchvision,
};
