/** The original SmartEye's frames: base64 of blue, green and red, and a shape in brackets, both ways. */

import { Buffer } from "node:buffer";
import { SmarteyeError } from "../core/errors.ts";
import type { Pixels, Size } from "../core/frame.ts";

/** NumPy's `str(frame.shape)`. */
const SHAPE = /^\(\s*(\d{1,7})\s*,\s*(\d{1,7})\s*,\s*3\s*\)$/;

/** Characters of a model's name, and names of a server, that are taken. */
const NAME_MAX = 200, MODELS_MAX = 1000;

/**
 * Pixels of a frame.
 *
 * @param frame base64 of height × width × 3 bytes, BGR, row by row.
 * @param shape `(height, width, 3)`.
 * @param pixelsMax pixels that it may have.
 * @throws {SmarteyeError} `invalid_argument` when the two do not fit, `payload_too_large`.
 */
export function frameOfText(frame: string, shape: string, pixelsMax: number): Pixels {
  const said = SHAPE.exec(shape);
  const [height, width] = [Number(said?.[1] ?? 0), Number(said?.[2] ?? 0)];
  if (width < 1 || height < 1) {
    throw refused(
      `its shape is ${JSON.stringify(shape.slice(0, 80))}, (height, width, 3) is wanted`,
    );
  }
  if (width * height > pixelsMax) {
    throw new SmarteyeError(
      "payload_too_large",
      `Cannot read the frame: it has ${width}×${height} pixels, at most ${pixelsMax} are allowed`,
    );
  }
  const wanted = height * width * 3;
  const bytes = Buffer.from(frame, "base64");
  if (bytes.length !== wanted) {
    throw refused(
      `${bytes.length} bytes were sent as base64 for ${shape}, ${wanted} are wanted`,
    );
  }
  return { width, height, data: swapped(bytes) };
}

/**
 * Characters of a frame's text.
 *
 * @param shape `(height, width, 3)`.
 * @returns nothing when that is no shape, or one of another size.
 */
export function frameLength(shape: string, { width, height }: Size): number | undefined {
  const said = SHAPE.exec(shape);
  const isIt = Number(said?.[1]) === height && Number(said?.[2]) === width;
  return isIt ? 4 * height * width : undefined;
}

/**
 * Names of models: with commas between them, or as the original has them, Python's
 * `str(models.keys())`: `dict_keys(['fasterrcnn', 'resnet50'])`.
 */
export function modelsOfText(text: string): string[] {
  const [, keys = text] = /^dict_keys\(\[(.*)\]\)$/s.exec(text.trim()) ?? [];
  const names = keys.split(",").map((name) => name.trim().replace(/^(['"])(.*)\1$/, "$2"));
  return [...new Set(names)].filter((name) => name.length > 0 && name.length <= NAME_MAX)
    .slice(0, MODELS_MAX);
}

/** A frame as `frameOfText` takes it. */
export function textOfFrame({ data }: Pixels): string {
  return Buffer.from(swapped(data).buffer).toString("base64");
}

/** Red for blue and blue for red. */
function swapped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 3) {
    turned[at] = bytes[at + 2]!;
    turned[at + 1] = bytes[at + 1]!;
    turned[at + 2] = bytes[at]!;
  }
  return turned;
}

function refused(problem: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot read the frame: ${problem}`);
}
