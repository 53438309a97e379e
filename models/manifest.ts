/** A model's manifest: everything that is needed to feed it, to read its outputs and to rank it. */

import { z } from "zod";
import type { Service } from "../core/detection.ts";
import { SmarteyeError } from "../core/errors.ts";

/** How a picture becomes the model's input tensor, `[1, 3, height, width]` float32. */
export interface ModelInput {
  /** Pixels, 16 to 4096. */
  readonly width: number;
  /** Pixels, 16 to 4096. */
  readonly height: number;
  /** Order of the colour planes. */
  readonly color: "rgb" | "bgr";
  /** A plane's value is `(pixel - mean) / std`, pixel 0 to 255; three planes in the order of `color`. */
  readonly mean: readonly [number, number, number];
  /** What each plane is divided by; never 0. */
  readonly std: readonly [number, number, number];
  /** `stretch` fills the input; a letterbox keeps the proportions and pads the rest. */
  readonly fit: "stretch" | "letterbox_top_left" | "letterbox_center";
  /** Value of padded pixels, 0 to 255; 0 where the file does not say. */
  readonly pad: number;
}

/** Names of the decoders that a manifest may name. */
export type DecoderName = "fastestdet" | "yolox";

/** A manifest, checked. */
export interface Manifest {
  /** What the model is called everywhere: up to 128 letters, digits, `_`, `.`, `-`. */
  readonly name: string;
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
  /** How it is fed. */
  readonly input: ModelInput;
  /** Family of the outputs: the name of a decoder. */
  readonly decoder: DecoderName;
  /** The name of a label set that comes with the program, or the labels themselves, at least one. */
  readonly labels: string | readonly string[];
  /** Published accuracy, 0 to 100; absent where none is known: such a model is ranked last. */
  readonly accuracy?: { readonly metric: string; readonly value: number } | undefined;
  /** Least score that is reported, 0 to 1. */
  readonly score_threshold: number;
  /** Boxes of one class that overlap more than this are one object (intersection over union, 0 to 1). */
  readonly iou_threshold: number;
}

const three = z.tuple([z.number(), z.number(), z.number()]);

const inputSchema: z.ZodType<ModelInput> = z.strictObject({
  width: z.number().int().min(16).max(4096),
  height: z.number().int().min(16).max(4096),
  color: z.enum(["rgb", "bgr"]),
  mean: three,
  std: three.refine((std) => std.every((value) => value !== 0), "no zero is wanted"),
  fit: z.enum(["stretch", "letterbox_top_left", "letterbox_center"]),
  pad: z.number().min(0).max(255).default(0),
});

const schema: z.ZodType<Manifest> = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, "letters, digits, _ . - are wanted"),
  service: z.enum(["detection", "classification"]),
  file: z.string().regex(
    /^[^/\\]+\.onnx$/,
    "the name of an .onnx file, without a folder, is wanted",
  ),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits are wanted"),
  license: z.string(),
  source: z.string(),
  input: inputSchema,
  decoder: z.enum(["fastestdet", "yolox"]),
  labels: z.union([z.string(), z.array(z.string()).min(1)]),
  accuracy: z.strictObject({ metric: z.string(), value: z.number().min(0).max(100) }).optional(),
  score_threshold: z.number().min(0).max(1),
  iou_threshold: z.number().min(0).max(1),
});

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
