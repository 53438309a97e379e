/** What is tried with a network before it is used: that it does what its manifest says. */

import type { Pixels, Size } from "../../core/frame.ts";
import type { ModelInput } from "../../models/manifest.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import type { FindingsReader } from "./findings.ts";
import { fitInto } from "./fit.ts";
import { BATCH_MAX } from "./image_input.ts";
import type { ImageNetwork } from "./image_network.ts";
import type { FittedPicture, PictureWriter } from "./picture_writer.ts";

/** The largest picture that models which take any size are tried and measured with. */
const ANY_SIZE: Size = { width: 640, height: 480 };

/** What a grey picture is made of: what letterboxes are padded with. */
const GREY = 114;

/** Share of a value by which rounding may move it when several pictures are computed together. */
const ROUNDING = 0.01;

/** A grey picture. */
export function greyPicture({ width, height }: Size): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3).fill(GREY) };
}

/** Size of the pictures that a model is tried and measured with. */
export function trialSize({ fit, width, height }: ModelInput): Size {
  if (fit !== "as_is") return { width, height };
  return {
    width: Math.min(width, ANY_SIZE.width),
    height: Math.min(height, ANY_SIZE.height),
  };
}

/**
 * Infers a grey picture, so that what does not fit its manifest is told now, not at the first frame.
 *
 * @returns how many pictures the network may be given at once: 1, the number that it always takes, or
 * `BATCH_MAX` where the file leaves it open and the network was seen to keep pictures apart.
 * @throws {Error} when the network cannot be used.
 */
export async function tryOut(
  network: ImageNetwork,
  writer: PictureWriter,
  reader: FindingsReader,
  input: ModelInput,
): Promise<number> {
  const fitted = (pixels: Pixels): FittedPicture => ({ pixels, fit: fitInto(pixels, input) });
  const size = trialSize(input);
  const grey = fitted(greyPicture(size));
  const tensor = writer.write([grey], network.placesFor(1));
  network.assertTakes(input.type, wantedDims(tensor.dims, input));
  const [outputs] = await network.run(tensor);
  const broken = outputs!.find(({ data }) => data.some(Number.isNaN));
  if (broken) throw new Error(`its output ${broken.name} holds NaN for a grey picture`);
  reader.read(outputs!, grey.fit, size);
  if (network.batch === 1) return 1;
  const isApart = await keepsApart(network, writer, [grey, fitted(stripes(size))], outputs!);
  if (network.batch === "any") return isApart ? BATCH_MAX : 1;
  if (isApart) return network.batch;
  throw new Error(
    `what it puts out for one of its ${network.batch} pictures depends on the others, ` +
      `each picture for itself is wanted`,
  );
}

/**
 * Whether pictures that are run together give what each gives alone. Exporters leave the number open
 * in files that reshape all pictures to one, and what is quantised by the range of its own values
 * (ONNX's `DynamicQuantizeLinear`) takes that range over all pictures of a run.
 *
 * @param first what the first of the two pictures gave alone.
 */
async function keepsApart(
  network: ImageNetwork,
  writer: PictureWriter,
  pictures: readonly [FittedPicture, FittedPicture],
  first: readonly OutputTensor[],
): Promise<boolean> {
  const run = (some: readonly FittedPicture[]) =>
    network.run(writer.write(some, network.placesFor(some.length)));
  const alone = [first, ...await run([pictures[1]])];
  // A failure is an answer too: one at a time, the network was just seen to run.
  const together = await run(pictures).catch(() => undefined);
  return together?.every((outputs, i) => areAlike(outputs, alone[i]!)) ?? false;
}

/** The shape that a network must take; words where a picture that goes in as it is decides. */
function wantedDims(
  dims: readonly number[],
  { fit, layout }: ModelInput,
): readonly (number | string)[] {
  if (fit !== "as_is") return dims;
  const height = dims.length - (layout === "nhwc" ? 3 : 2);
  return (dims as readonly (number | string)[]).with(height, "height").with(height + 1, "width");
}

function areAlike(outputs: readonly OutputTensor[], wanted: readonly OutputTensor[]): boolean {
  return outputs.every(({ data }, i) => {
    const other = wanted[i]!.data;
    return data.length === other.length && data.every((value, at) => isAlike(value, other[at]!));
  });
}

function isAlike(value: number, wanted: number): boolean {
  return value === wanted || Math.abs(value - wanted) <= ROUNDING * Math.max(1, Math.abs(wanted));
}

/** A picture unlike a grey one, all over. */
function stripes(size: Size): Pixels {
  const picture = greyPicture(size);
  picture.data.forEach((_, i) => picture.data[i] = i * 37 % 256);
  return picture;
}
