/** Looks at a network that has no manifest: its tensors, and what it makes of a grey picture. */

import type { Size } from "../../core/frame.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { assertOnnx } from "../../models/onnx_file.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { fitInto } from "./fit.ts";
import { layoutOf, takesAnySize, typeOf } from "./image_input.ts";
import { ImageNetwork } from "./image_network.ts";
import { PictureWriter } from "./picture_writer.ts";
import type { Probed } from "./recognise.ts";
import type { SessionOptions } from "./session.ts";
import { greyPicture } from "./trial.ts";
import { readWeights } from "./weights.ts";

/** Sizes that are tried with a network that takes any: detectors' first, then classifiers'. */
const SIZES = [640, 416, 320, 224] as const;

/** How it is fed, whatever the family: of a grey one, that makes no difference. */
const PLAIN = {
  color: "rgb",
  mean: [0, 0, 0],
  fit: "stretch",
  pad: 0,
  multiple_of: 1,
  resample: "linear",
} as const;

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
): Promise<Probed> {
  try {
    const weights = await readWeights(path);
    const notes = assertOnnx(weights);
    const network = await ImageNetwork.open(weights, options);
    try {
      return { image: network.image, notes, ...await run(network, size) };
    } finally {
      await network.release();
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
async function run(network: ImageNetwork, said: Size | undefined) {
  const sizes = !takesAnySize(network.image)
    ? [undefined]
    : said
    ? [said]
    : SIZES.map((side) => ({ width: side, height: side }));
  let failure: unknown;
  for (const size of sizes) {
    try {
      return await runAt(network, size);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Runs on a grey picture of the file's own size; of `free` where the file takes any. */
async function runAt(network: ImageNetwork, free: Size | undefined) {
  const layout = layoutOf(network.image);
  const type = typeOf(network.image);
  const [height, width] = network.image.dims.slice(layout === "nhwc" ? 1 : -2);
  const sideOf = (said: number | string | undefined, otherwise: number | undefined) =>
    typeof said === "number" && said > 0 ? said : otherwise ?? SIZES[0];
  const size = { width: sideOf(width, free?.width), height: sideOf(height, free?.height) };
  const std = type === "uint8" ? [1, 1, 1] as const : [255, 255, 255] as const;
  const input: ModelInput = { ...size, layout, type, std, ...PLAIN };
  const grey = { pixels: greyPicture(size), fit: fitInto(size, input) };
  const [outputs] = await network.run(new PictureWriter(input).write([grey]));
  return { outputs: outputs!, size };
}
