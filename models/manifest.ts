/** A model's manifest: everything that is needed to feed it, to read its outputs and to rank it. */

import { z } from "zod";
import { SmarteyeError } from "../core/errors.ts";

const three = z.tuple([z.number(), z.number(), z.number()]);

/** How a picture becomes the model's input tensor, `[1, 3, height, width]` float32. */
const ModelInput = z.strictObject({
  width: z.number().int().min(16).max(4096),
  height: z.number().int().min(16).max(4096),
  /** Order of the colour planes. */
  color: z.enum(["rgb", "bgr"]),
  /** A plane's value is `(pixel - mean) / std`, pixel 0 to 255; three planes in the order of `color`. */
  mean: three,
  std: three.refine((std) => std.every((value) => value !== 0), "no zero is wanted"),
  /** `stretch` fills the input; a letterbox keeps the proportions and pads the rest. */
  fit: z.enum(["stretch", "letterbox_top_left", "letterbox_center"]),
  /** Value of padded pixels, 0 to 255. */
  pad: z.number().min(0).max(255).default(0),
});

/** The schema of a manifest. */
export const Manifest = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, "letters, digits, _ . - are wanted"),
  service: z.enum(["detection", "classification"]),
  /** Name of the weights' file in the model directory. */
  file: z.string().regex(
    /^[^/\\]+\.onnx$/,
    "the name of an .onnx file, without a folder, is wanted",
  ),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits are wanted"),
  license: z.string(),
  source: z.string(),
  input: ModelInput,
  /** Family of the outputs: the name of a decoder. */
  decoder: z.enum(["fastestdet", "yolox"]),
  /** The name of a label set that comes with the program, or the labels themselves. */
  labels: z.union([z.string(), z.array(z.string()).min(1)]),
  /** Published accuracy, 0 to 100. */
  accuracy: z.strictObject({ metric: z.string(), value: z.number().min(0).max(100) }).optional(),
  /** Least score that is reported, 0 to 1. */
  score_threshold: z.number().min(0).max(1),
  /** Boxes of one class that overlap more than this are one object (intersection over union). */
  iou_threshold: z.number().min(0).max(1),
});

/** A manifest, checked. */
export type Manifest = z.infer<typeof Manifest>;

/** Names of the decoders that a manifest may name. */
export type DecoderName = Manifest["decoder"];

/** How a picture becomes a model's input. */
export type ModelInput = Manifest["input"];

/**
 * A manifest from JSON.
 *
 * @param origin where it comes from, for messages.
 * @throws {SmarteyeError} `invalid_argument` that lists every problem.
 */
export function parseManifest(json: unknown, origin: string): Manifest {
  const parsed = Manifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .map((issue) => `${issue.path.join(".") || "the whole"}: ${issue.message}`);
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the manifest ${origin}: ${problems.join("; ")}`,
  );
}
