/** A model's manifest: everything that is needed to feed it, to read its outputs and to rank it. */

import { z } from "zod";
import { type Service, SERVICES } from "../core/detection.ts";
import { SmarteyeError } from "../core/errors.ts";
import { FIRST_VERSION } from "../core/reference.ts";

/** How a picture becomes the model's input tensor. */
export interface ModelInput {
  /** Pixels of the tensor, 16 to 4096; the most that it may have where `fit` is `as_is`. */
  readonly width: number;
  /** Pixels of the tensor, 16 to 4096; the most that it may have where `fit` is `as_is`. */
  readonly height: number;
  /** Order of the dimensions: `[1, 3, height, width]`, `[1, height, width, 3]` or `[3, height, width]`. */
  readonly layout: "nchw" | "nhwc" | "chw";
  /** Type of the tensor's elements. */
  readonly type: "float32" | "float16" | "uint8";
  /** Order of the colours. */
  readonly color: "rgb" | "bgr";
  /** A colour's value is `(pixel - mean) / std`, pixel 0 to 255; three colours in the order of `color`. */
  readonly mean: readonly [number, number, number];
  /** What each colour is divided by; never 0. */
  readonly std: readonly [number, number, number];
  /**
   * `stretch` fills the tensor; a letterbox keeps the proportions and pads the rest; `center_crop`
   * scales the short side to `resize` and cuts the tensor out of the middle; `as_is` takes the
   * picture at its own size, reduced only where it is larger than the tensor may be.
   */
  readonly fit: "stretch" | "letterbox_top_left" | "letterbox_center" | "center_crop" | "as_is";
  /** Value of padded pixels, 0 to 255; 0 where the file does not say. */
  readonly pad: number;
  /** Length of the short side before a `center_crop`, in pixels; at least the tensor's long side. */
  readonly resize?: number | undefined;
  /** An `as_is` tensor's sides are padded, right and below, to multiples of this. */
  readonly multiple_of: number;
  /** `linear` as OpenCV's `INTER_LINEAR`; `antialias` as Pillow's `BILINEAR`, which smooths. */
  readonly resample: "linear" | "antialias";
}

/** Names of the decoders that a manifest may name, by service: one output family each. */
export const DECODER_NAMES = {
  detection: [
    "fastestdet",
    "yolox",
    "yolov5",
    "yolov8",
    "end_to_end",
    "yolov7_end_to_end",
    "yolo_nas",
    "efficient_nms",
    "tf_detection",
    "mmdeploy",
    "paddle",
    "nanodet",
    "nanodet_plus",
    "picodet",
    "detr",
    "detr_sigmoid",
    "ssd",
    "yunet",
    "torchvision",
  ],
  classification: ["classifier"],
} as const satisfies Record<Service, readonly string[]>;

/** The name of a detector's output family. */
export type DetectorName = typeof DECODER_NAMES.detection[number];

/** The name of a classifier's output family. */
export type ClassifierName = typeof DECODER_NAMES.classification[number];

/** The name of an output family. */
export type DecoderName = DetectorName | ClassifierName;

/**
 * What accuracies are measured on: COCO val2017, ImageNet-1k val, WIDER FACE val, the highway of
 * `smarteye_street`'s model card, or anything else.
 */
export const BENCHMARKS = ["coco", "imagenet", "wider_face", "highway", "other"] as const;

/** Pictures and a rule by which models are compared: accuracies by different ones say nothing together. */
export type Benchmark = typeof BENCHMARKS[number];

/** How good a model is said to be. */
export interface Accuracy {
  /** What was measured, for people. */
  readonly metric: string;
  /** 0 to 100. */
  readonly value: number;
  /** What it was measured on; the common benchmark of the model's service where the file does not say. */
  readonly benchmark?: Benchmark | undefined;
}

/** A manifest, checked. */
export interface Manifest {
  /** What the model is called everywhere: up to 128 letters, digits, `_`, `.`, `-`. */
  readonly name: string;
  /**
   * Which of the models of this name it is: up to 32 letters, digits, `_`, `.`, `-`; "1" where the
   * file does not say. Several may lie side by side, see `compareVersions` for which is the newest.
   */
  readonly version: string;
  /** What it answers. */
  readonly service: Service;
  /** Name of the weights' file in the model directory: `*.onnx`, without a folder. */
  readonly file: string;
  /** Of the weights' file, 64 lower-case hexadecimal digits: other weights are not loaded. */
  readonly sha256: string;
  /** Of the weights, for people. */
  readonly license: string;
  /** Where the weights come from, for people. */
  readonly source: string;
  /** Where the weights' file can be fetched; absent where nobody publishes that very file. */
  readonly url?: string | undefined;
  /** Bytes of the weights' file, where it can be fetched. */
  readonly bytes?: number | undefined;
  /** How it is fed. */
  readonly input: ModelInput;
  /** Family of the outputs: the name of a decoder. */
  readonly decoder: DecoderName;
  /** The name of a label set that comes with the program, or the labels themselves, at least one. */
  readonly labels: string | readonly string[];
  /** Published accuracy; absent where none is known: such a model is ranked last. */
  readonly accuracy?: Accuracy | undefined;
  /** Least score that is reported, 0 to 1. */
  readonly score_threshold: number;
  /**
   * Boxes of one class that overlap more than this are one object (intersection over union, 0 to
   * 1); 1 leaves every box, for families that need no suppression.
   */
  readonly iou_threshold: number;
}

const three = z.tuple([z.number(), z.number(), z.number()]);
const side = z.number().int().min(16).max(4096);

const inputSchema: z.ZodType<ModelInput> = z.strictObject({
  width: side,
  height: side,
  layout: z.enum(["nchw", "nhwc", "chw"]).default("nchw"),
  type: z.enum(["float32", "float16", "uint8"]).default("float32"),
  color: z.enum(["rgb", "bgr"]),
  mean: three,
  std: three.refine((std) => std.every((value) => value !== 0), "no zero is wanted"),
  fit: z.enum(["stretch", "letterbox_top_left", "letterbox_center", "center_crop", "as_is"]),
  pad: z.number().min(0).max(255).default(0),
  resize: side.optional(),
  multiple_of: z.number().int().min(1).max(256).default(1),
  resample: z.enum(["linear", "antialias"]).default("linear"),
}).refine(
  ({ fit, resize = 0, width, height }) =>
    fit !== "center_crop" || resize >= Math.max(width, height),
  { path: ["resize"], message: "a center_crop wants at least the tensor's long side" },
);

/** What a model may be called. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** What a version may be called. */
export const MODEL_VERSION = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;

const schema: z.ZodType<Manifest> = z.strictObject({
  name: z.string().regex(MODEL_NAME, "letters, digits, _ . - are wanted"),
  version: z.string().regex(MODEL_VERSION, "up to 32 letters, digits, _ . - are wanted")
    .default(FIRST_VERSION),
  service: z.enum(SERVICES),
  file: z.string().regex(
    /^[^/\\]+\.onnx$/,
    "the name of an .onnx file, without a folder, is wanted",
  ),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits are wanted"),
  license: z.string(),
  source: z.string(),
  url: z.url({ protocol: /^https?$/, error: "an http(s) URL is wanted" }).optional(),
  bytes: z.number().int().positive().optional(),
  input: inputSchema,
  decoder: z.enum([...DECODER_NAMES.detection, ...DECODER_NAMES.classification]),
  labels: z.union([z.string(), z.array(z.string()).min(1)]),
  accuracy: z.strictObject({
    metric: z.string(),
    value: z.number().min(0).max(100),
    benchmark: z.enum(BENCHMARKS).optional(),
  }).optional(),
  score_threshold: z.number().min(0).max(1),
  iou_threshold: z.number().min(0).max(1),
}).refine(
  ({ service, decoder }) => (DECODER_NAMES[service] as readonly string[]).includes(decoder),
  { path: ["decoder"], message: "a decoder of the model's service is wanted" },
);

/**
 * A manifest from JSON.
 *
 * @param origin where it comes from, for messages.
 * @throws {SmarteyeError} `invalid_argument` that lists every problem.
 */
export function parseManifest(json: unknown, origin: string): Manifest {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .map((issue) => `${issue.path.join(".") || "the whole"}: ${issue.message}`);
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the manifest ${origin}: ${problems.join("; ")}`,
  );
}
