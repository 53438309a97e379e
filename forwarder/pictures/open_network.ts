/** A plain network behind a server of others: pictures to its tensors, its outputs to findings. */

import type { Findings } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { OutputTensor } from "../../inference/decode/decoder.ts";
import { FindingsReader } from "../../inference/network/findings.ts";
import { fitInto } from "../../inference/network/fit.ts";
import { SIZE_INPUT } from "../../inference/network/image_input.ts";
import { PictureWriter } from "../../inference/network/picture_writer.ts";
import { agree } from "../../inference/network/tensors.ts";
import type { Manifest } from "../../models/manifest.ts";
import {
  datatypeOf,
  elementsOf,
  type OpenTensor,
  type TensorHead,
} from "../../proto/open_inference_tensors.ts";
import type { OpenModel } from "./messages.ts";

/** Elements of the outputs that a manifest is tried with; more are tried by the first answer. */
const TRIED_MAX = 16 * 1024 * 1024;

/**
 * How a server has the axis of pictures: as the manifest has it; not at all, as in what is batched
 * elsewhere; or beside a network that takes one picture without such an axis.
 */
type Batch = "as_in_manifest" | "left_out" | "added";

/** What a manifest says, held against what a server says. */
export class OpenNetwork {
  readonly #writer: PictureWriter;
  readonly #reader: FindingsReader;
  readonly #image: TensorHead;
  readonly #batch: Batch;

  /**
   * Holds one against the other.
   *
   * @throws {SmarteyeError} `failed_precondition` when the server's model is not the manifest's.
   */
  constructor(private readonly model: OpenModel, private readonly manifest: Manifest) {
    this.#image = imageOf(model);
    this.#batch = batchOf(this.#image, manifest);
    this.#reader = new FindingsReader(manifest);
    this.#tryOut();
    this.#writer = new PictureWriter(manifest.input);
  }

  /** A picture as its inputs, in memory that the next picture takes. */
  tensors(pixels: Pixels): Tensor[] {
    const fit = fitInto(pixels, this.manifest.input);
    const { type, dims, data, size } = this.#writer.write([{ pixels, fit }]);
    const image = { name: this.#image.name, type, dims: this.#served(dims), data } as Tensor;
    if (this.model.inputs.length === 1) return [image];
    const sides = BigInt64Array.of(BigInt(size.width), BigInt(size.height));
    return [image, { name: SIZE_INPUT, type: "int64", dims: [1, 2], data: sides }];
  }

  /** Names of its outputs; none where the server does not tell them. */
  get outputs(): string[] {
    return numbersOf(this.model.outputs).map(({ name }) => name);
  }

  /**
   * What its outputs say of a picture of that size.
   *
   * @throws {SmarteyeError} `failed_precondition` when they are not what was told of them.
   */
  findings(
    outputs: readonly OpenTensor[],
    size: Size,
    scoreThreshold: number | undefined,
  ): Findings {
    const told = numbersOf(this.model.outputs);
    const read = told.length === 0
      ? outputs.map((output) => this.#output(output, undefined))
      : told.map((head) => this.#output(outputs.find(({ name }) => name === head.name), head));
    return this.#reader.read(read, fitInto(size, this.manifest.input), size, scoreThreshold);
  }

  /** Gives its memory back. */
  close(): void {
    this.#writer.close();
  }

  /** What is told of its outputs is read as an answer, so that what does not fit is told now. */
  #tryOut(): void {
    const { input } = this.manifest;
    const heads = numbersOf(this.model.outputs);
    const shapes = heads.map(({ name, shape }) => ({
      ...{ name, datatype: "FP32" },
      shape: shape.map((dim, i) => dim < 0 && i === 0 ? 1 : dim),
    }));
    const isOpen = shapes.some(({ shape }) => shape.length === 0 || shape.some((dim) => dim < 0));
    if (heads.length === 0 || isOpen || input.fit === "as_is") return;
    const counts = shapes.map(elementsOf);
    if (counts.reduce((sum, count) => sum + count, 0) > TRIED_MAX) return;
    const outputs = shapes.map(({ name, shape }, i) => (
      { name, dims: this.#own(name, shape), data: new Float32Array(counts[i]!) }
    ));
    const size = { width: input.width, height: input.height };
    this.#reader.read(outputs, fitInto(size, input), size);
  }

  #output(output: OpenTensor | undefined, head: TensorHead | undefined): OutputTensor {
    if (!output) throw refused(`it answers without the output "${head?.name}"`);
    const { name, type, dims, data } = output;
    if (type === "bytes") throw refused(`its output ${name} is BYTES, numbers are wanted`);
    if (head && head.shape.length > 0 && !agree(head.shape, dims)) {
      throw refused(
        `its output ${name} is [${dims.join(", ")}], [${head.shape.join(", ")}] is what it says`,
      );
    }
    const floats = data instanceof Float32Array
      ? data
      : data instanceof BigInt64Array || data instanceof BigUint64Array
      ? Float32Array.from(data, Number)
      : new Float32Array(data);
    if (floats.some(Number.isNaN)) throw refused(`its output ${name} holds NaN`);
    return { name, dims: this.#own(name, dims), data: floats };
  }

  /** A shape of the manifest's network, as the server wants it. */
  #served(dims: readonly number[]): number[] {
    switch (this.#batch) {
      case "as_in_manifest":
        return [...dims];
      case "left_out":
        return dims.slice(1);
      case "added":
        return [1, ...dims];
    }
  }

  /** A shape of the server's, as the manifest's network has it. */
  #own(name: string, dims: readonly number[]): readonly number[] {
    switch (this.#batch) {
      case "as_in_manifest":
        return dims;
      case "left_out":
        return [1, ...dims];
      case "added":
        if (dims[0] === 1) return dims.slice(1);
        throw refused(
          `its output ${name} is [${dims.join(", ")}] for one picture, 1 is wanted first`,
        );
    }
  }
}

function imageOf({ inputs }: OpenModel): TensorHead {
  const [image, ...others] = inputs.filter(({ name }) => name !== SIZE_INPUT);
  if (image && others.length === 0) return image;
  const found = inputs.map(told).join(", ");
  throw refused(
    inputs.length === 0
      ? "the server does not tell its inputs, one image is wanted in its metadata"
      : `its inputs are ${found}, one image is wanted`,
  );
}

function batchOf(image: TensorHead, { input }: Manifest): Batch {
  const type = datatypeOf(input.type);
  const [height, width] = input.fit === "as_is" ? ["height", "width"] : [input.height, input.width];
  const wanted = {
    nchw: [1, 3, height, width],
    nhwc: [1, height, width, 3],
    chw: [3, height, width],
  }[input.layout] as readonly (number | string)[];
  const { datatype, shape } = image;
  if (datatype === type) {
    if (agree(shape, wanted)) return "as_in_manifest";
    if (input.layout !== "chw" && agree(shape, wanted.slice(1))) return "left_out";
    if (input.layout === "chw" && agree(shape, [1, ...wanted])) return "added";
  }
  throw refused(
    `its input is ${told(image)}, ${type} [${wanted.join(", ")}] is what its manifest says`,
  );
}

/** Without those that are no numbers, such as a server's own labels. */
function numbersOf(heads: readonly TensorHead[]): TensorHead[] {
  return heads.filter(({ datatype }) => datatype !== "BYTES");
}

/** Name, type and shape, for messages. */
export function told({ name, datatype, shape }: TensorHead): string {
  return `${name} ${datatype} [${shape.join(", ")}]`;
}

function refused(problem: string): SmarteyeError {
  return new SmarteyeError("failed_precondition", problem);
}
