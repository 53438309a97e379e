/** Looks at a network that has no manifest: its tensors, and what it makes of a grey picture. */

import type { Size } from "../core/frame.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { assertOnnx } from "../models/onnx_file.ts";
import { takesAnySize, type Tensors } from "../models/recognise.ts";
import { readWeights } from "./model.ts";
import { Session, type SessionOptions } from "./session.ts";

/** Sizes that are tried with a network that takes any: detectors' first, then classifiers'. */
const SIZES = [640, 416, 320, 224] as const;

/** A grey pixel, as a byte and as a share. */
const GREY = { uint8: 114, float32: 114 / 255, float16: 114 / 255 } as const;

/**
 * Loads a file and runs it once.
 *
 * @param size of the picture, where the file takes any; a usual one that works when absent.
 * @throws {SmarteyeError} `failed_precondition` when the file is no network for pictures.
 */
export async function probe(
  path: string,
  options: SessionOptions,
  size: Size | undefined,
): Promise<Tensors> {
  try {
    const weights = await readWeights(path);
    const notes = assertOnnx(weights);
    const session = await Session.open(weights, options);
    try {
      return { image: session.image, notes, ...await run(session, size) };
    } finally {
      await session.release();
    }
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot use ${path} as a model: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Runs on the size that is said, or the first that works. */
async function run(session: Session, said: Size | undefined) {
  const sizes = !takesAnySize(session.image)
    ? [undefined]
    : said
    ? [said]
    : SIZES.map((side) => ({ width: side, height: side }));
  let failure: unknown;
  for (const size of sizes) {
    try {
      return await runAt(session, size);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Runs at a size, or at the file's own where there is none. */
async function runAt(session: Session, size: Size | undefined) {
  const { dims, type } = session.image;
  const isLast = dims.at(-1) === 3 && dims.length === 4;
  const [heightAt, widthAt] = isLast ? [1, 2] : [dims.length - 2, dims.length - 1];
  const shape = dims.map((dim, i) =>
    typeof dim === "number" && dim > 0
      ? dim
      : i === heightAt
      ? size?.height ?? 1
      : i === widthAt
      ? size?.width ?? 1
      : i === 0 && dims.length === 4
      ? 1
      : 3
  );
  const length = shape.reduce((a, b) => a * b, 1);
  const data = type === "uint8"
    ? new Uint8ClampedArray(length).fill(GREY.uint8)
    : type === "float16"
    ? new Float16Array(length).fill(GREY.float16)
    : new Float32Array(length).fill(GREY.float32);
  const kind = type === "uint8" || type === "float16" ? type : "float32";
  const run = { width: shape[widthAt]!, height: shape[heightAt]! };
  return { outputs: await session.run({ dims: shape, size: run, type: kind, data }), size: run };
}
