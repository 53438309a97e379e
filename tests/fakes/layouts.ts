/** Networks in every layout that exporters write, each of which sees one object. */

import type { FixedOutput, Value } from "./onnx.ts";

/** Side of the networks' pictures. */
export const SIDE = 64;

/** Cells of strides 8 to 32 in them. */
export const CELLS = 84;

/** Cells of strides 8 to 64. */
const CELLS_64 = 85;

/** The input of most. */
export const IMAGE: Value = { name: "images", dims: [1, 3, SIDE, SIDE] };

/** Three classes, of which the second is seen. */
export const NAMES = { names: "['a', 'b', 'c']" };
/** Of what is seen. */
export const SCORE = 0.875; // exact in a float
/** Of what is seen: `x1, y1, x2, y2`. */
export const CORNERS = [16, 8, 48, 40] as const;
/** The same as `cx, cy, w, h`. */
export const MIDDLE = [32, 24, 32, 32];
const shares = (pixels: readonly number[]) => pixels.map((side) => side / SIDE);
const LOGIT = Math.log(SCORE / (1 - SCORE));

/** An output, with values set from places on. */
export function out(
  name: string,
  shape: readonly number[],
  set: Readonly<Record<number, readonly number[]>> = {},
  fill = 0,
): FixedOutput {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill);
  for (const [place, numbers] of Object.entries(set)) values.set(numbers, Number(place));
  return { name, dims: shape, values };
}

/** The output, its number of objects left open by the file. */
const open = (output: FixedOutput): FixedOutput => ({
  ...output,
  shape: output.dims as readonly number[],
  dims: ["N", ...output.dims!.slice(1)],
});

/** `rows` turned round: a column a box. */
export function turned({ name, dims, values }: FixedOutput): FixedOutput {
  const [, n, columns] = dims as [number, number, number];
  const data = Float32Array.from(values, (_, i) => values[i % n * columns + Math.floor(i / n)]!);
  return { name, dims: [1, columns, n], values: data };
}

/** A box in the middle of all cells, beside boxes of nothing all over the picture. */
export function table(n: number, row: readonly number[]): FixedOutput {
  const output = out("output0", [1, n, row.length], { [5 * row.length]: row });
  output.values[(n - 1) * row.length] = SIDE - 4;
  return output;
}

/** Coefficients: of four prototypes the second counts. */
const SUMMED = [0, 9, 0, 0];
/** Prototypes of which the second alone is somewhere above 0: in the picture's left half. */
const masks = out("output1", [1, 4, 16, 16], {}, -1);
for (let y = 0; y < 16; y++) masks.values.fill(1, (16 + y) * 16, (16 + y) * 16 + 8);

/** What is seen, where each layout has it. */
export interface Layout {
  readonly outputs: readonly FixedOutput[];
  readonly decoder: string;
  readonly label?: string;
  readonly inputs?: readonly Value[];
  readonly notes?: Readonly<Record<string, string>>;
  /** Whether it tells which pixels are the object's: those of its box in the picture's left half. */
  readonly isMasked?: true;
}

/** A distribution a side whose mean is a bin, or the middle between two. */
const dfl = (means: readonly number[]) =>
  means.flatMap((at) => [0, 1, 2, 3, 4, 5, 6, 7].map((i) => Math.abs(i - at) < 1 ? 50 : 0));

/** The layouts, by what they are. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  "YOLOv5, a list of names": {
    outputs: [table(3 * CELLS, [...MIDDLE, 1, 0, SCORE, 0])],
    decoder: "yolov5",
  },
  "YOLOv5's segmentation": {
    outputs: [table(3 * CELLS, [...MIDDLE, 1, 0, SCORE, 0, ...SUMMED]), masks],
    decoder: "yolov5",
    isMasked: true,
  },
  "YOLOv8": { outputs: [turned(table(CELLS, [...MIDDLE, 0, SCORE, 0]))], decoder: "yolov8" },
  "YOLOv8, turned round": { outputs: [table(CELLS, [...MIDDLE, 0, SCORE, 0])], decoder: "yolov8" },
  "YOLOv8's segmentation": {
    outputs: [turned(table(CELLS, [...MIDDLE, 0, SCORE, 0, ...SUMMED])), masks],
    notes: { ...NAMES, task: "segment" },
    decoder: "yolov8",
    isMasked: true,
  },
  "YOLOv8's segmentation, turned round": {
    outputs: [table(CELLS, [...MIDDLE, 0, SCORE, 0, ...SUMMED]), masks],
    decoder: "yolov8",
    isMasked: true,
  },
  "segmentation that suppresses inside": {
    outputs: [out("output0", [1, 30, 10], { 0: [...CORNERS, SCORE, 1, ...SUMMED] }), masks],
    decoder: "end_to_end",
    isMasked: true,
  },
  "YOLOv10": {
    outputs: [out("output0", [1, 30, 6], { 0: [...CORNERS, SCORE, 1] })],
    decoder: "end_to_end",
  },
  "YOLOv7 end to end": {
    outputs: [open(out("output", [1, 7], { 0: [0, ...CORNERS, 1, SCORE] }))],
    decoder: "yolov7_end_to_end",
  },
  "YOLO-NAS, flat": {
    outputs: [open(out("graph2_flat_predictions", [1, 7], { 0: [0, ...CORNERS, SCORE, 1] }))],
    decoder: "yolo_nas",
  },
  "YOLO-NAS without suppression": {
    outputs: [
      out("pred_boxes", [1, CELLS, 4], { 20: CORNERS }),
      out("pred_scores", [1, CELLS, 3], { 16: [SCORE] }),
    ],
    decoder: "yolo_nas",
  },
  "YOLO-NAS in batches": {
    outputs: [
      out("num_predictions", [1, 1], { 0: [1] }),
      out("pred_boxes", [1, 9, 4], { 0: CORNERS }),
      out("pred_scores", [1, 9], { 0: [SCORE, 0.9] }),
      out("pred_classes", [1, 9], { 0: [1, 2] }),
    ],
    decoder: "efficient_nms",
  },
  "EfficientNMS": {
    outputs: [
      out("num_dets", [1, 1], { 0: [1] }),
      out("det_boxes", [1, 9, 4], { 0: CORNERS }),
      out("det_scores", [1, 9], { 0: [SCORE] }),
      out("det_classes", [1, 9], { 0: [1] }),
    ],
    decoder: "efficient_nms",
  },
  "TensorFlow's detection, COCO's numbers": {
    inputs: [{ name: "input_tensor", element: "uint8", dims: [1, SIDE, SIDE, 3] }],
    outputs: [
      out("detection_boxes", [1, 9, 4], { 0: shares([8, 16, 40, 48]) }),
      out("detection_classes", [1, 9], { 0: [3] }),
      out("detection_scores", [1, 9], { 0: [SCORE] }),
      out("num_detections", [1], { 0: [1] }),
      out("raw_detection_boxes", [1, 90, 4]),
    ],
    notes: {},
    decoder: "tf_detection",
    label: "car",
  },
  "MMDeploy's": {
    outputs: [
      out("dets", [1, 9, 5], { 0: [...CORNERS, SCORE] }),
      out("labels", [1, 9], { 0: [1] }),
    ],
    decoder: "mmdeploy",
  },
  "PP-YOLOE with its scale": {
    inputs: [
      { name: "image", dims: [1, 3, SIDE, SIDE] },
      { name: "scale_factor", dims: [1, 2] },
    ],
    outputs: [
      open(out("multiclass_nms3_0.tmp_0", [2, 6], { 0: [1, SCORE, ...CORNERS] })),
      out("multiclass_nms3_0.tmp_2", [1], { 0: [1] }),
    ],
    decoder: "paddle",
  },
  "PaddleDetection's RT-DETR": {
    inputs: [
      { name: "im_shape", dims: [1, 2] },
      { name: "image", dims: [1, 3, SIDE, SIDE] },
      { name: "scale_factor", dims: [1, 2] },
    ],
    outputs: [
      open(out("reshape2_95.tmp_0", [2, 6], { 0: [1, SCORE, ...CORNERS] })),
      out("tile_3.tmp_0", [1], { 0: [1] }),
    ],
    decoder: "paddle",
  },
  "RT-DETR of transformers": {
    outputs: [
      out("logits", [1, 30, 3], { 7: [LOGIT] }, -6),
      out("pred_boxes", [1, 30, 4], { 8: shares(MIDDLE) }),
    ],
    decoder: "detr_sigmoid",
  },
  "RT-DETR of Ultralytics": {
    outputs: [out("output0", [1, 30, 7], { 14: [...shares(MIDDLE), 0, SCORE, 0] }, 0.001)],
    decoder: "detr_sigmoid",
  },
  "RT-DETR, D-FINE or DEIM, deployed": {
    inputs: [IMAGE, { name: "orig_target_sizes", element: "int64", dims: [1, 2] }],
    outputs: [
      out("labels", [1, 30], { 0: [1] }),
      out("boxes", [1, 30, 4], { 0: CORNERS }),
      out("scores", [1, 30], { 0: [SCORE] }),
    ],
    decoder: "detr",
  },
  "RF-DETR with a column more": {
    outputs: [
      out("dets", [1, 30, 4], { 8: shares(MIDDLE) }),
      out("labels", [1, 30, 4], { 9: [LOGIT] }, -6),
    ],
    decoder: "detr_sigmoid",
  },
  "DETR with a class for none": {
    inputs: [
      { name: "pixel_values", dims: [1, 3, SIDE, SIDE] },
      { name: "pixel_mask", element: "int64", dims: [1, 64, 64] },
    ],
    outputs: [
      out(
        "logits",
        [1, 30, 4],
        Object.fromEntries(
          Array.from(
            { length: 30 },
            (_, i) => [4 * i, i === 2 ? [-40, LOGIT, -40, 0] : [0, 0, 0, 9]],
          ),
        ),
      ),
      out("pred_boxes", [1, 30, 4], { 8: shares(MIDDLE) }),
      out("last_hidden_state", [1, 30, 16]),
    ],
    decoder: "detr",
  },
  "SSD of the Model Zoo": {
    outputs: [
      out("bboxes", [1, 9, 4], { 0: shares(CORNERS) }),
      out("labels", [1, 9], { 0: [2] }),
      out("scores", [1, 9], { 0: [SCORE] }),
    ],
    decoder: "ssd",
  },
  "NanoDet-Plus": {
    outputs: [
      out("output", [1, CELLS_64, 3 + 32], {
        [(3 * 8 + 4) * 35]: [0, SCORE, 0, ...dfl([2, 2, 2, 2])],
      }, 0),
    ],
    decoder: "nanodet_plus",
  },
  "NanoDet of two dimensions": {
    outputs: [3, 32].flatMap((columns) =>
      [64, 16, 4].map((cells, i) =>
        out(`out_${columns}_${cells}`, [cells, columns], {
          ...(i === 1 && columns === 3 ? { 16: [SCORE] } : {}),
          ...(i === 1 && columns === 32 ? { 160: dfl([0.5, 1, 1.5, 1]) } : {}),
        })
      )
    ),
    decoder: "nanodet",
  },
  "a batch of two": {
    inputs: [{ name: "images", dims: [2, 3, SIDE, SIDE] }],
    outputs: [twice(turned(table(CELLS, [...MIDDLE, 0, SCORE, 0])))],
    decoder: "yolov8",
  },
};

/** The same for each of two pictures. */
function twice({ name, dims, values }: FixedOutput): FixedOutput {
  return { name, dims: [2, ...dims!.slice(1)], values: Float32Array.from([...values, ...values]) };
}
