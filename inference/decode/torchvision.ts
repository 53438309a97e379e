/** torchvision's detectors: Faster R-CNN, RetinaNet, Mask R-CNN (pytorch/vision, `models/detection`). */

import { type Candidate, type Decoder, hasShape, notOfFamily } from "./decoder.ts";
import { candidatesOf, labelledBoxes } from "./labelled_boxes.ts";
import { softMask } from "./mask.ts";

/**
 * Outputs `boxes [N, 4]` in pixels of the input, `labels [N]` with the background as class 0,
 * `scores [N]`, and of Mask R-CNN `masks [N, 1, height, width]`, each the share that a pixel is the
 * object's. Scaling, suppression and the limit of 100 objects are in the model.
 */
export const decodeTorchvision: Decoder = (outputs, context): Candidate[] => {
  const found = labelledBoxes(outputs, "torchvision's");
  const masks = outputs.find(({ name }) => name === "masks");
  if (!masks) return candidatesOf(found, context);
  const n = found.scores.data.length;
  const { width, height } = context.input;
  if (!hasShape(masks, [n, 1, height, width])) {
    throw notOfFamily(outputs, "Mask R-CNN", `masks [${n}, 1, ${height}, ${width}]`);
  }
  return candidatesOf(found, context, (i) => ({ mask: softMask(masks.data, i, context.input) }));
};
