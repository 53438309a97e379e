/** A network that takes pictures: which input takes them, what else it asks, numbers that come out. */

import { SmarteyeError } from "../../core/errors.ts";
import type { ModelInput } from "../../models/manifest.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import { batchOf, SIDE_INPUTS } from "./image_input.ts";
import { sideTensor } from "./side_inputs.ts";
import type { PictureTensor } from "./picture_writer.ts";
import { Session, type SessionOptions } from "./session.ts";
import type { Tensor, TensorInfo } from "../../core/tensor.ts";
import { agree, describe } from "./tensors.ts";

/** A network whose input is an image, or several of one size. */
export class ImageNetwork {
  private constructor(
    private readonly session: Session,
    /** The input that takes the image. */
    readonly image: TensorInfo,
    /** Pictures that each run takes, as the file says: exactly so many, or `any`. */
    readonly batch: number | "any",
  ) {}

  /**
   * Loads a network.
   *
   * @param weights an ONNX file.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be loaded, takes no image, or too
   * many at once.
   */
  static async open(weights: Uint8Array, options: SessionOptions): Promise<ImageNetwork> {
    const session = await Session.open(weights, options);
    try {
      const image = imageOf(session.inputs);
      return new ImageNetwork(session, image, batchOf(image, session.outputs));
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Checks that the network takes what it will be given.
   *
   * @param dims a number, or a word where any size will do.
   * @throws {SmarteyeError} `failed_precondition` saying both.
   */
  assertTakes(type: ModelInput["type"], dims: readonly (number | string)[]): void {
    const { image } = this;
    if (image.type === type && agree(image.dims, dims)) return;
    throw new SmarteyeError(
      "failed_precondition",
      `its input is ${describe(image)}, ${type} [${dims.join(", ")}] is what its manifest says`,
    );
  }

  /** Places that a run of so many pictures needs. */
  placesFor(pictures: number): number {
    return this.batch === "any" ? pictures : this.batch;
  }

  /**
   * Runs the network once.
   *
   * @returns for each picture the outputs, in the file's order, as a run of that picture alone would
   * give them: with a first dimension of 1 where it counts the pictures.
   * @throws {SmarteyeError} `failed_precondition` when the network fails on it.
   */
  async run({ dims, size, type, data, pictures }: PictureTensor): Promise<OutputTensor[][]> {
    const places = dims.length === 4 ? dims[0]! : 1;
    const inputs = [
      { name: this.image.name, type, dims, data } as Tensor,
      ...this.session.inputs.filter((input) => input !== this.image)
        .map((input) => sideTensor(input, size, places)),
    ];
    const outputs = (await this.session.run(inputs)).map(asFloats);
    if (places === 1) return [outputs];
    return Array.from({ length: pictures }, (_, i) => outputs.map((one) => part(one, i, places)));
  }

  /** Every input, in the file's order. */
  get inputs(): readonly TensorInfo[] {
    return this.session.inputs;
  }

  /** Every output, in the file's order. */
  get outputs(): readonly TensorInfo[] {
    return this.session.outputs;
  }

  /**
   * Runs the network on tensors as it has them, whatever they mean.
   *
   * @throws {SmarteyeError} as `Session.run` does.
   */
  runTensors(inputs: readonly Tensor[]): Promise<Tensor[]> {
    return this.session.run(inputs);
  }

  /** Gives the network's memory back. */
  release(): Promise<void> {
    return this.session.release();
  }
}

function imageOf(inputs: readonly TensorInfo[]): TensorInfo {
  const [image, ...others] = inputs.filter(({ name }) => !SIDE_INPUTS.includes(name));
  if (image && others.length === 0 && image.dims.length >= 3) return image;
  throw new SmarteyeError(
    "failed_precondition",
    `its inputs are ${inputs.map(describe).join(", ") || "none"}, one image is wanted`,
  );
}

/** What concerns one picture of an output for several. */
function part({ name, dims, data }: OutputTensor, place: number, places: number): OutputTensor {
  if (dims[0] !== places) {
    throw new SmarteyeError(
      "failed_precondition",
      `its output ${name} is [${dims.join(", ")}] for ${places} pictures, ${places} is wanted ` +
        `as its first dimension`,
    );
  }
  const length = data.length / places;
  const own = data.subarray(place * length, (place + 1) * length);
  return { name, dims: [1, ...dims.slice(1)], data: own };
}

function asFloats({ name, dims, data }: Tensor): OutputTensor {
  if (data instanceof Float32Array) return { name, dims, data };
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { name, dims, data: isBig ? Float32Array.from(data, Number) : new Float32Array(data) };
}
