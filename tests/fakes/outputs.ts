/** Outputs of every family of detectors, with nothing to see in them until it is put there. */

import type { DecodeContext, OutputTensor } from "../../inference/decode/decoder.ts";
import type { DetectorName } from "../../models/manifest.ts";

/** A network of three classes. */
export const CONTEXT: DecodeContext = {
  input: { width: 64, height: 32 },
  classes: 3,
  scoreThreshold: 0.25,
};

/** An output of zeros. */
export const tensor = (dims: number[], name = "output") => {
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  return { name, dims, data } satisfies OutputTensor;
};

/** Cells of `CONTEXT` at strides 8, 16, 32 and 64. */
const CELLS = [32, 8, 2, 1];

/** What each family gives for `CONTEXT` when there is nothing to see. */
export const EMPTY: Readonly<Record<DetectorName, () => OutputTensor[]>> = {
  fastestdet: () => [tensor([1, 8, 2, 4])],
  yolox: () => [tensor([1, 32 + 8 + 2, 8])],
  yolov5: () => [tensor([1, 10, 8])],
  yolov8: () => [tensor([1, 7, 10])],
  end_to_end: () => [tensor([1, 10, 6])],
  yolov7_end_to_end: () => [tensor([10, 7])],
  yolo_nas: () => [tensor([1, 10, 4], "pred_boxes"), tensor([1, 10, 3], "pred_scores")],
  efficient_nms: () => [
    count("num_dets"),
    ...[tensor([1, 10, 4], "det_boxes"), tensor([1, 10], "det_scores")],
    tensor([1, 10], "det_classes"),
  ],
  tf_detection: () => [
    ...[tensor([1, 10, 4], "detection_boxes"), tensor([1, 10], "detection_classes")],
    tensor([1, 10], "detection_scores"),
  ],
  mmdeploy: () => [tensor([1, 10, 5], "dets"), tensor([1, 10], "labels")],
  paddle: () => [tensor([100, 6])],
  nanodet_plus: () => [tensor([1, 32 + 8 + 2 + 1, 3 + 32])],
  detr_sigmoid: () => {
    const logits = tensor([1, 10, 3], "logits");
    logits.data.fill(-9);
    return [logits, tensor([1, 10, 4], "pred_boxes")];
  },
  nanodet: () => distributions(CELLS.slice(0, 3)),
  picodet: () => distributions(CELLS),
  detr: () => {
    const logits = tensor([1, 10, 4], "logits");
    for (let query = 0; query < 10; query++) logits.data[query * 4 + 3] = 9; // none of them
    return [logits, tensor([1, 10, 4], "pred_boxes")];
  },
  ssd: () => [tensor([1, 10, 4], "scores"), tensor([1, 10, 4], "boxes")],
  yunet: () =>
    ["cls", "obj", "bbox", "kps"].flatMap((what, i) =>
      [8, 16, 32].map((stride, level) =>
        tensor([1, CELLS[level]!, [1, 1, 4, 10][i]!], `${what}_${stride}`)
      )
    ),
  torchvision: () => [tensor([10, 4], "boxes"), tensor([10], "labels"), tensor([10], "scores")],
};

/** How many objects there are: all ten. */
function count(name: string): OutputTensor {
  return { name, dims: [1, 1], data: Float32Array.of(10) };
}

/** Scores, then distances of four bins a side. */
function distributions(cells: number[]): OutputTensor[] {
  return [3, 16].flatMap((size) => cells.map((n) => tensor([1, n, size], `${size}_of_${n}`)));
}

/** A family's outputs, with values set: `[output, place, value]`, an output by number or name. */
export function outputsOf(
  family: DetectorName,
  ...said: (readonly [output: number | string, place: number, values: readonly number[]])[]
): OutputTensor[] {
  const outputs = EMPTY[family]();
  for (const [which, place, values] of said) {
    const output = outputs.find(({ name }, i) => which === name || which === i)!;
    output.data.set(values, place);
  }
  return outputs;
}

/** Families of which no tensor tells how many classes there are. */
export const NO_CLASSES: readonly string[] = [
  ...["end_to_end", "yunet", "torchvision", "yolov7_end_to_end", "efficient_nms"],
  ...["tf_detection", "mmdeploy", "paddle"],
];
