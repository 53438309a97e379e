/**
 * Suppression inside as TensorRT's EfficientNMS has it (NVIDIA/TensorRT, `plugin/efficientNMSPlugin`):
 * exports of YOLOv5 to v9 for it, and YOLO-NAS in batches (super-gradients, `models_export.md`).
 */

import type { Box } from "../../core/detection.ts";
import { LETTERBOX } from "./conventions.ts";
import { type Candidate, type Decoder, notOfFamily, type OutputTensor } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { areOneList, candidatesOfObjects, type ObjectTensors } from "./objects.ts";

/**
 * Four outputs: how many `[1, 1]`, boxes `[1, N, 4]` (corners in pixels of the input), scores
 * `[1, N]`, classes `[1, N]` from 0.
 */
const decode: Decoder = (outputs, context): Candidate[] => {
  const objects = objectsIn(outputs);
  if (!objects) {
    throw notOfFamily(
      outputs,
      "EfficientNMS",
      "how many [1, 1], boxes [1, N, 4], scores [1, N] and classes [1, N]",
    );
  }
  return candidatesOfObjects(objects, context, (corners) => corners as unknown as Box);
};

/** Told by their shapes; of the two that are as long, the one of whole numbers has the classes. */
function objectsIn(outputs: readonly OutputTensor[]): ObjectTensors | undefined {
  if (outputs.length !== 4) return undefined;
  const boxes = outputs.find(({ dims }) => dims.length === 3 && dims[0] === 1 && dims[2] === 4);
  const n = boxes?.dims[1];
  const lists = outputs.filter((output) =>
    output !== boxes && output.dims.length === 2 && output.dims[1] === n
  );
  const named = (pattern: RegExp) => lists.find(({ name }) => pattern.test(name));
  const classes = named(/class|label/i) ?? lists.at(-1);
  const scores = named(/score|conf/i) ?? lists.find((output) => output !== classes);
  const count = outputs.find((output) => ![boxes, classes, scores].includes(output));
  if (!boxes || !classes || !scores || classes === scores || !count) return undefined;
  const objects = { count, boxes, scores, classes };
  return areOneList(objects) ? objects : undefined;
}

/** Exports with EfficientNMS. */
export const efficientNms: DetectorFamily = {
  service: "detection",
  name: "efficient_nms",
  layouts: [
    {
      about: "suppressed inside (EfficientNMS): how many, corners in pixels, scores, classes",
      classesOf: (outputs) => objectsIn(outputs) ? "untold" : undefined,
      input: LETTERBOX,
      scoreThreshold: 0.25,
      iouThreshold: 1,
    },
  ],
  decode,
};
