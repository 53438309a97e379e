/**
 * SSD (Liu et al., 2016, arXiv:1512.02325) with its boxes decoded in the model, such as the face
 * detector of Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB (`vision/ssd/predictor.py`, MIT) and
 * the one of ONNX' Model Zoo (onnx/models, `object_detection_segmentation/ssd`, Apache-2.0).
 */

import { IMAGENET, PLAIN } from "./conventions.ts";
import {
  type Candidate,
  type Decoder,
  hasShape,
  notOfFamily,
  type OutputTensor,
  positive,
} from "./decoder.ts";
import type { DetectorFamily } from "./family.ts";
import { areOneList, candidatesOfObjects, type ObjectTensors } from "./objects.ts";

/**
 * Two outputs in either order: scores `[1, N, classes]`, or `[1, N, 1 + classes]` with the
 * background first, softmax done; boxes `[1, N, 4]`, corners as shares of the input, 0 to 1. Each class
 * of a box is an object of its own. Or the Model Zoo's three, suppressed already: `bboxes [1, N, 4]` as shares, `labels [1, N]` from 1 on,
 * `scores [1, N]`.
 */
const decodeSsd: Decoder = (
  outputs,
  { input, classes, scoreThreshold },
): Candidate[] => {
  const objects = objectsIn(outputs);
  if (objects) {
    const inPixels = ([x1, y1, x2, y2]: readonly number[]) =>
      [x1! * input.width, y1! * input.height, x2! * input.width, y2! * input.height] as const;
    return candidatesOfObjects(objects, { input, classes, scoreThreshold }, inPixels, 1);
  }
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
    const [x1, y1, x2, y2] = boxes.data.subarray(i * 4, i * 4 + 4) as unknown as number[];
    for (let classId = 0; classId < classes; classId++) {
      const score = scores.data[i * size + background + classId]!;
      if (!(score >= scoreThreshold)) continue;
      const box = [x1! * width, y1! * height, x2! * width, y2! * height] as const;
      candidates.push({ classId, score, box });
    }
  }
  return candidates;
};

function objectsIn(outputs: readonly OutputTensor[]): ObjectTensors | undefined {
  const named = (wanted: string) => outputs.find(({ name }) => name === wanted);
  const [boxes, classes, scores] = [named("bboxes"), named("labels"), named("scores")];
  if (!boxes || !classes || !scores) return undefined;
  const objects = { boxes, classes, scores };
  return areOneList(objects) ? objects : undefined;
}

/** SSD with its boxes decoded, such as detectors of faces. */
export const ssd: DetectorFamily = {
  service: "detection",
  name: "ssd",
  layouts: [
    {
      about: "SSD: scores, the background first, and corners as shares",
      classesOf: (outputs, _, { names, forced }) => {
        const ofFour = outputs.filter((output) => hasShape(output, [1, "N", 4]));
        const boxes = ofFour.find(({ name }) => /box|loc/i.test(name)) ?? ofFour[0];
        const scores = outputs.find((output) => output !== boxes);
        if (outputs.length !== 2 || !boxes || !hasShape(scores!, [1, boxes.dims[1]!, "classes"])) {
          return undefined;
        }
        const fits = scores!.data.every((value) => value >= -0.001 && value <= 1.001) &&
          boxes.data.every((value) => value > -10 && value < 10);
        const columns = scores!.dims[2]!;
        return fits || forced ? positive(columns === names ? columns : columns - 1) : undefined;
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
    {
      about: "SSD, suppressed inside: corners as shares, labels from 1, scores",
      classesOf: (outputs) => objectsIn(outputs) ? "untold" : undefined,
      input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
      scoreThreshold: 0.5,
      iouThreshold: 1,
    },
  ],
  decode: decodeSsd,
};
