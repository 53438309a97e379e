/** Looks at a network that has no manifest: its tensors, and what it makes of a grey picture. */

import type { Pixels, Size } from "../../core/frame.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { assertOnnx } from "../../models/onnx_file.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { fileWord } from "./file_word.ts";
import { fitInto } from "./fit.ts";
import { layoutOf, takesAnySize, typeOf } from "./image_input.ts";
import { ImageNetwork } from "./image_network.ts";
import { PictureWriter } from "./picture_writer.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import type { Probed } from "./recognise.ts";
import { fedAs, type SaidInput } from "./said_input.ts";
import type { SessionOptions } from "./session.ts";
import { greyPicture } from "./trial.ts";
import { giveBack, readWeights } from "./weights.ts";

/** Sizes that are tried with a network that takes any: detectors' first, then classifiers'. */
const SIZES = [640, 416, 320, 224] as const;

/** How it is fed where nobody says, whatever the family: of a grey one, that makes no difference. */
const PLAIN = {
  color: "rgb",
  mean: [0, 0, 0],
  fit: "stretch",
  pad: 0,
  multiple_of: 1,
  resample: "linear",
} as const;

/**
 * Loads a file and runs it, on a grey picture and on those that are given.
 *
 * @param said how it is fed; where nothing is said, as most are, and where the file takes any size, with
 * the one that the file says, or a usual one that works.
 * @param pictures with something in them.
 * @param given the bytes of the model, if they were read already; they are gone afterwards.
 * @throws {SmarteyeError} `failed_precondition` when the file is no network for pictures.
 */
export async function probe(
  path: string,
  options: SessionOptions,
  said: SaidInput = {},
  pictures: readonly Pixels[] = [],
  given?: Uint8Array<ArrayBuffer>,
): Promise<Probed> {
  let weights = given;
  try {
    weights ??= await readWeights(path);
    const notes = assertOnnx(weights);
    const network = await ImageNetwork.open(weights, options);
    try {
      const word = fileWord(notes);
      return { image: network.image, word, ...await run(network, said, word.size, pictures) };
    } finally {
      await network.release();
    }
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot use ${path} as a model: ${messageOf(cause)}`,
      { cause },
    );
  } finally {
    if (weights) giveBack(weights); // the runtime had a copy
  }
}

/** Runs on the size that is said, that of the file, or the first that works. */
async function run(
  network: ImageNetwork,
  said: SaidInput,
  noted: Size | undefined,
  pictures: readonly Pixels[],
) {
  const usual = SIZES.map((side) => ({ width: side, height: side }));
  const sizes = !takesAnySize(network.image)
    ? [undefined]
    : said.size
    ? [said.size]
    : noted
    ? [noted, ...usual]
    : usual;
  let failure: unknown;
  for (const size of sizes) {
    try {
      return await runAt(network, size, said, pictures);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Runs on a grey picture of the file's own size; of `free` where the file takes any. */
async function runAt(
  network: ImageNetwork,
  free: Size | undefined,
  said: SaidInput,
  pictures: readonly Pixels[],
) {
  const layout = layoutOf(network.image);
  const type = typeOf(network.image);
  const [height, width] = network.image.dims.slice(layout === "nhwc" ? 1 : -2);
  const sideOf = (said: number | string | undefined, otherwise: number | undefined) =>
    typeof said === "number" && said > 0 ? said : otherwise ?? SIZES[0];
  const size = { width: sideOf(width, free?.width), height: sideOf(height, free?.height) };
  const std = type === "uint8" ? [1, 1, 1] as const : [255, 255, 255] as const;
  const { fit = PLAIN.fit } = said;
  const input: ModelInput = {
    ...fedAs({ ...size, layout, type, std, ...PLAIN }, said),
    fit: fit === "as_is" ? PLAIN.fit : fit,
    resize: Math.max(size.width, size.height),
  };
  const writer = new PictureWriter(input);
  const runOn = async (pixels: Pixels) => {
    const picture = { pixels, fit: fitInto(pixels, input) };
    const [outputs] = await network.run(writer.write([picture], network.placesFor(1)));
    return outputs!;
  };
  try {
    const outputs = await runOn(greyPicture(size));
    const more: OutputTensor[][] = [];
    for (const picture of pictures) more.push(await runOn(picture));
    return { outputs, more, size };
  } finally {
    writer.close();
  }
}
