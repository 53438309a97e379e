/**
 * TensorFlow's Object Detection API (tensorflow/models, `research/object_detection/exporter_lib_v2.py`,
 * Apache-2.0), as tf2onnx exports it.
 */

import coco91 from "../../models/labels/coco91.json" with { type: "json" };
import { BYTES, PLAIN } from "./conventions.ts";
import { type Candidate, type Decoder, notOfFamily, type OutputTensor } from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { areOneList, candidatesOfObjects, type ObjectTensors } from "./objects.ts";

/** Label maps count from 1; 0 is the background. */
const FIRST_CLASS = 1;

/**
 * `detection_boxes [1, N, 4]` (`y1, x1, y2, x2` as shares of the picture), `detection_scores [1, N]`,
 * `detection_classes [1, N]`, `num_detections [1]`; others beside them are passed over.
 */
const decode: Decoder = (outputs, context): Candidate[] => {
  const objects = objectsIn(outputs);
  if (!objects) {
    throw notOfFamily(
      outputs,
      "TensorFlow's detection",
      "detection_boxes [1, N, 4], detection_scores [1, N] and detection_classes [1, N]",
    );
  }
  const { width, height } = context.input;
  return candidatesOfObjects(
    objects,
    context,
    ([y1, x1, y2, x2]) => [x1! * width, y1! * height, x2! * width, y2! * height],
    FIRST_CLASS,
  );
};

/** Names end in `:0` where tf2onnx kept TensorFlow's own. */
function objectsIn(outputs: readonly OutputTensor[]): ObjectTensors | undefined {
  const named = (wanted: string) =>
    outputs.find(({ name }) => name.replace(/:\d+$/, "") === wanted);
  const boxes = named("detection_boxes");
  const scores = named("detection_scores");
  const classes = named("detection_classes");
  if (!boxes || !scores || !classes) return undefined;
  const objects = { boxes, scores, classes, count: named("num_detections") };
  return areOneList(objects) ? objects : undefined;
}

/** TensorFlow's detectors. */
export const tfDetection: DetectorFamily = {
  service: "detection",
  name: "tf_detection",
  layouts: [
    {
      about: "TensorFlow's detection: boxes as shares, scores, classes from 1",
      classesOf: (outputs) => objectsIn(outputs) ? "untold" : undefined,
      input: { ...PLAIN, color: "rgb", ...BYTES, fit: "stretch" },
      labels: coco91.slice(FIRST_CLASS),
      scoreThreshold: 0.5,
      iouThreshold: 1,
    },
  ],
  decode,
};
