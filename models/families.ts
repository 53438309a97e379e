/**
 * The output families: how each is told by its tensors, and how its published models are fed. What
 * the tensors hold is in `inference/decode/`, a file each.
 */

import type { Service } from "../core/detection.ts";
import type { Size } from "../core/frame.ts";
import type { DecoderName, ModelInput } from "./manifest.ts";

/** An output of a run. */
export interface RunOutput {
  /** As the ONNX file calls it. */
  readonly name: string;
  /** Its shape. */
  readonly dims: readonly number[];
  /** Its values, the last dimension varying fastest. */
  readonly data: Float32Array;
}

/** One output family. */
export interface Family {
  /** The decoder's name. */
  readonly decoder: DecoderName;
  /** What it answers. */
  readonly service: Service;
  /** Its models, in a few words. */
  readonly about: string;
  /**
   * How many classes outputs have if they are of this family, at that size of the input; `untold`
   * where this family's outputs do not tell.
   */
  readonly classesOf: (
    outputs: readonly RunOutput[],
    size: Size,
  ) => number | "untold" | undefined;
  /** How its published models are fed. */
  readonly input: Omit<ModelInput, "width" | "height" | "layout" | "type">;
  /** Labels of its published models, where they are not those of COCO or ImageNet. */
  readonly labels?: readonly string[];
  /** A usual threshold of scores. */
  readonly scoreThreshold: number;
  /** A usual threshold of overlaps; 1 where the model suppresses by itself. */
  readonly iouThreshold: number;
}

const BYTES = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
const SHARES = { mean: [0, 0, 0], std: [255, 255, 255] } as const;
const IMAGENET = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] } as const;
const PLAIN = { pad: 0, multiple_of: 1, resample: "linear" } as const;
const LETTERBOX = { ...PLAIN, color: "rgb", fit: "letterbox_center", pad: 114, ...SHARES } as const;

/** Every family; where the tensors fit several, the first is taken. */
export const FAMILIES: readonly Family[] = [
  {
    decoder: "yunet",
    service: "detection",
    about: "a face detector with cls_8, obj_8, bbox_8 …",
    classesOf: (outputs) => hasNames(outputs, "cls_8", "obj_8", "bbox_8") ? 1 : undefined,
    input: { ...PLAIN, color: "bgr", ...BYTES, fit: "as_is", multiple_of: 32 },
    labels: ["face"],
    scoreThreshold: 0.6,
    iouThreshold: 0.3,
  },
  {
    decoder: "torchvision",
    service: "detection",
    about: "boxes [N, 4], labels [N], scores [N]",
    classesOf: (outputs) =>
      hasNames(outputs, "boxes", "labels", "scores") && rankOf(outputs, "boxes") === 2
        ? "untold"
        : undefined,
    input: { ...PLAIN, color: "rgb", ...SHARES, fit: "as_is" },
    scoreThreshold: 0.5,
    iouThreshold: 1,
  },
  {
    decoder: "detr",
    service: "detection",
    about: "a deployed RT-DETR or D-FINE: labels, boxes, scores",
    classesOf: (outputs) => hasNames(outputs, "boxes", "labels", "scores") ? "untold" : undefined,
    input: { ...PLAIN, color: "rgb", ...SHARES, fit: "stretch" },
    scoreThreshold: 0.5,
    iouThreshold: 1,
  },
  {
    decoder: "detr",
    service: "detection",
    about: "DETR: logits and boxes of queries",
    classesOf: (outputs) => {
      const boxes = outputs.find(({ name }) => /box/i.test(name));
      const logits = outputs.find(({ name }) => /logit/i.test(name));
      if (outputs.length !== 2 || boxes?.dims[2] !== 4 || logits?.dims.length !== 3) {
        return undefined;
      }
      const columns = logits.dims[2]!;
      return columns in { 80: 0, 91: 0 } ? columns : columns - 1; // else the last is for none
    },
    input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
    scoreThreshold: 0.5,
    iouThreshold: 1,
  },
  {
    decoder: "classifier",
    service: "classification",
    about: "one value a class",
    classesOf: ([output, ...more]) =>
      more.length === 0 && output?.dims.length === 2 && output.dims[0] === 1
        ? output.dims[1]
        : undefined,
    input: {
      ...PLAIN,
      color: "rgb",
      ...IMAGENET,
      fit: "center_crop",
      resample: "antialias",
    },
    scoreThreshold: 0,
    iouThreshold: 1,
  },
  {
    decoder: "fastestdet",
    service: "detection",
    about: "FastestDet: planes of stride 16",
    classesOf: ([output, ...more], size) =>
      more.length === 0 && output?.dims.length === 4 && output.dims[1]! > 5 &&
        output.dims[2] === Math.floor(size.height / 16) &&
        output.dims[3] === Math.floor(size.width / 16)
        ? output.dims[1]! - 5
        : undefined,
    input: { ...PLAIN, color: "bgr", ...SHARES, fit: "stretch" },
    scoreThreshold: 0.45,
    iouThreshold: 0.45,
  },
  {
    decoder: "yolox",
    service: "detection",
    about: "YOLOX: a row a cell of strides 8, 16 and 32, not decoded yet",
    classesOf: (outputs, size) => {
      const rows = rowsOf(outputs);
      if (rows?.n !== cells(size, [8, 16, 32]) || areDecoded(rows.data, rows.columns, size)) {
        return undefined;
      }
      return positive(rows.columns - 5);
    },
    input: { ...PLAIN, color: "bgr", ...BYTES, fit: "letterbox_top_left", pad: 114 },
    scoreThreshold: 0.35,
    iouThreshold: 0.45,
  },
  {
    decoder: "yolov5",
    service: "detection",
    about: "a YOLOv5-style head: rows of box, objectness, classes",
    classesOf: (outputs, size) => {
      const rows = rowsOf(outputs);
      if (!rows || (rows.columns === 6 && rows.n < cells(size, [8, 16, 32]))) return undefined;
      return rows.n > rows.columns ? positive(rows.columns - 5) : undefined;
    },
    input: LETTERBOX,
    scoreThreshold: 0.25,
    iouThreshold: 0.45,
  },
  {
    decoder: "end_to_end",
    service: "detection",
    about: "an end-to-end head: rows of corners, score, class",
    classesOf: (outputs) => rowsOf(outputs)?.columns === 6 ? "untold" : undefined,
    input: LETTERBOX,
    scoreThreshold: 0.25,
    iouThreshold: 1,
  },
  {
    decoder: "yolov8",
    service: "detection",
    about: "a YOLOv8-style head: a column a box, no objectness",
    classesOf: (outputs) => {
      const rows = rowsOf(outputs);
      return rows && rows.n < rows.columns ? positive(rows.n - 4) : undefined;
    },
    input: LETTERBOX,
    scoreThreshold: 0.25,
    iouThreshold: 0.45,
  },
  {
    decoder: "picodet",
    service: "detection",
    about: "PicoDet: scores and distributions of strides 8 to 64",
    classesOf: (outputs, size) => classesOfDistributions(outputs, size, [8, 16, 32, 64]),
    input: { ...PLAIN, color: "rgb", ...IMAGENET, fit: "stretch" },
    scoreThreshold: 0.4,
    iouThreshold: 0.6,
  },
  {
    decoder: "nanodet",
    service: "detection",
    about: "NanoDet: scores and distributions of strides 8 to 32",
    classesOf: (outputs, size) => classesOfDistributions(outputs, size, [8, 16, 32]),
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
  {
    decoder: "ssd",
    service: "detection",
    about: "SSD: scores, the background first, and corners as shares",
    classesOf: (outputs) => {
      const boxes = outputs.find(({ dims }) => dims.length === 3 && dims[2] === 4);
      const scores = outputs.find((output) => output !== boxes);
      return outputs.length === 2 && boxes && scores?.dims.length === 3 &&
          scores.dims[1] === boxes.dims[1]
        ? positive(scores.dims[2]! - 1)
        : undefined;
    },
    input: { ...PLAIN, color: "rgb", mean: [127, 127, 127], std: [128, 128, 128], fit: "stretch" },
    labels: ["face"],
    scoreThreshold: 0.7,
    iouThreshold: 0.3,
  },
];

function hasNames(outputs: readonly RunOutput[], ...names: string[]): boolean {
  return names.every((wanted) => outputs.some(({ name }) => name === wanted));
}

function rankOf(outputs: readonly RunOutput[], wanted: string): number | undefined {
  return outputs.find(({ name }) => name === wanted)?.dims.length;
}

/** The only output, if it is a table `[1, n, columns]`. */
function rowsOf([output, ...more]: readonly RunOutput[]) {
  if (more.length > 0 || output?.dims.length !== 3 || output.dims[0] !== 1) return undefined;
  return { n: output.dims[1]!, columns: output.dims[2]!, data: output.data };
}

/** Whether rows begin with centres in pixels: those of cells reach over the whole input. */
function areDecoded(data: Float32Array, columns: number, { width }: Size): boolean {
  let highest = 0;
  for (let at = 0; at < data.length; at += columns) highest = Math.max(highest, data[at]!);
  return highest > width / 2;
}

function cells({ width, height }: Size, strides: readonly number[]): number {
  return strides.reduce(
    (sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride),
    0,
  );
}

function classesOfDistributions(
  outputs: readonly RunOutput[],
  { width, height }: Size,
  strides: readonly number[],
): number | undefined {
  const fits = outputs.length === 2 * strides.length && outputs.every(({ dims }, i) => {
    const stride = strides[i % strides.length]!;
    const wanted = Math.ceil(width / stride) * Math.ceil(height / stride);
    return dims.length === 3 && dims[1] === wanted && (i < strides.length || dims[2]! % 4 === 0);
  });
  return fits ? outputs[0]!.dims[2] : undefined;
}

function positive(classes: number): number | undefined {
  return classes > 0 ? classes : undefined;
}
