/** One loaded model: weights whose sha256 was checked, what writes its input and reads its outputs. */

import type { Findings } from "../../core/detection.ts";
import { asSmarteyeError, messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Pixels } from "../../core/frame.ts";
import type { InferTimings } from "../../core/infer.ts";
import type { Manifest } from "../../models/manifest.ts";
import { assertOnnx } from "../../models/onnx_file.ts";
import { batchesOf } from "./batches.ts";
import { FindingsReader } from "./findings.ts";
import { fitInto } from "./fit.ts";
import { ImageNetwork } from "./image_network.ts";
import { findingsCount, INSPECTED_SCORES, type Inspection, summaryOf } from "./inspection.ts";
import { type Measured, measured, type MeasureEffort } from "./measurement.ts";
import { type FittedPicture, PictureWriter } from "./picture_writer.ts";
import type { SessionOptions } from "./session.ts";
import { greyPicture, trialSize, tryOut } from "./trial.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { ModelTensors } from "./tensors.ts";
import { assertSha256, giveBack, readWeights } from "./weights.ts";

/** A picture at its own size, and what is asked about it. */
export interface AskedPicture {
  /** Its boxes are in this frame. */
  readonly pixels: Pixels;
  /** Least score of a detection that is reported; the manifest's own when absent. */
  readonly scoreThreshold?: number | undefined;
}

/** What came of a picture. */
export interface Inferred {
  /** In pixels of the picture. */
  readonly findings: Findings;
  /** Pictures that were in the same run, itself among them. */
  readonly together: number;
  /** Milliseconds of each stage, for all pictures that were in the same run. */
  readonly workedMs: Pick<InferTimings, "preprocess" | "infer" | "postprocess">;
}

/** What came of tensors. */
export interface RanTensors {
  /** As a Worker's outcome is told from others. */
  readonly kind: "tensors";
  /** One for each output. */
  readonly tensors: readonly Tensor[];
  /** Milliseconds of each stage. */
  readonly workedMs: Omit<InferTimings, "queue" | "total">;
}

/** A model that is ready to infer, in the Worker that holds it. */
export class Model {
  private constructor(
    readonly manifest: Manifest,
    private readonly network: ImageNetwork,
    private readonly writer: PictureWriter,
    private readonly reader: FindingsReader,
    /**
     * Pictures that one run takes at most. 1 where the network takes one at a time, or does not keep
     * several apart.
     */
    readonly batchMax: number,
  ) {}

  /**
   * Reads, verifies, loads and tries the weights. The bytes that are hashed are the bytes that are
   * loaded.
   *
   * @param given the bytes of the file at `path`, if they were read already; they are gone afterwards.
   * @throws {SmarteyeError} `failed_precondition` when the file is not the manifest's, cannot be
   * loaded, or does not infer.
   */
  static async load(
    manifest: Manifest,
    path: string,
    options: SessionOptions,
    given?: Uint8Array<ArrayBuffer>,
  ): Promise<Model> {
    let weights = given;
    try {
      weights ??= await readWeights(path);
      assertSha256(weights, manifest.sha256);
      assertOnnx(weights);
      const writer = new PictureWriter(manifest.input);
      const reader = new FindingsReader(manifest);
      let network: ImageNetwork | undefined;
      try {
        network = await ImageNetwork.open(weights, options);
        const batchMax = await tryOut(network, writer, reader, manifest.input);
        return new Model(manifest, network, writer, reader, batchMax);
      } catch (error) {
        writer.close();
        await network?.release();
        throw error;
      }
    } catch (cause) {
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot load the model "${manifest.name}" from ${path}: ${messageOf(cause)}`,
        { cause },
      );
    } finally {
      // The runtime has a copy. A collector that takes its time would leave several files in memory.
      if (weights) giveBack(weights);
    }
  }

  /**
   * Infers pictures, of any sizes: in one run where the network takes as many and their tensors are
   * of one size, else in several runs, one after the other.
   *
   * @returns what came of each picture, in the order in which they were given.
   */
  async infer(pictures: readonly AskedPicture[]): Promise<Inferred[]> {
    const inferred = new Array<Inferred>(pictures.length);
    const fitted = pictures.map(({ pixels }) => this.#fitted(pixels));
    for (const batch of batchesOf(fitted, this.batchMax)) {
      const beganAtMs = performance.now();
      const tensor = this.writer.write(batch, this.network.placesFor(batch.length));
      const writtenAtMs = performance.now();
      const outputs = await this.network.run(tensor);
      const ranAtMs = performance.now();
      const findings = batch.map(({ index, fit, pixels }, i) =>
        this.reader.read(outputs[i]!, fit, pixels, pictures[index]!.scoreThreshold)
      );
      const workedMs = {
        preprocess: writtenAtMs - beganAtMs,
        infer: ranAtMs - writtenAtMs,
        postprocess: performance.now() - ranAtMs,
      };
      for (const [i, { index }] of batch.entries()) {
        inferred[index] = { findings: findings[i]!, together: batch.length, workedMs };
      }
    }
    return inferred;
  }

  /**
   * Runs the network on tensors as it has them, whatever they mean.
   *
   * @throws {SmarteyeError} `invalid_argument` when they are not what its inputs take.
   */
  async run(inputs: readonly Tensor[]): Promise<RanTensors> {
    const beganAtMs = performance.now();
    const tensors = await this.network.runTensors(inputs).catch((error) => {
      const { code, message } = asSmarteyeError(error, "run the network");
      const name = this.manifest.name;
      throw new SmarteyeError(code, `Cannot infer with the model "${name}": ${message}`, {
        cause: error,
      });
    });
    const infer = performance.now() - beganAtMs;
    return {
      kind: "tensors",
      tensors,
      workedMs: { decode: 0, preprocess: 0, infer, postprocess: 0 },
    };
  }

  /** What the network takes and gives. */
  get tensors(): ModelTensors {
    const { network: { inputs, outputs }, batchMax } = this;
    return { inputs, outputs, batchMax };
  }

  /** Times inferences of a grey picture, one at a time and several together. */
  async measure(effort: MeasureEffort): Promise<Measured> {
    const picture = { pixels: greyPicture(trialSize(this.manifest.input)) };
    const run = (pictures: number) => this.infer(Array.from({ length: pictures }, () => picture));
    return await measured(run, this.batchMax, effort);
  }

  /** Infers one picture, and tells what there was on the way. */
  async inspect(pixels: Pixels): Promise<Inspection> {
    const picture = this.#fitted(pixels);
    const tensor = this.writer.write([picture], this.network.placesFor(1));
    const [outputs] = await this.network.run(tensor);
    const found = (score?: number) => this.reader.read(outputs!, picture.fit, pixels, score);
    return {
      image: this.network.image,
      outputs: outputs!.map(summaryOf),
      objects: INSPECTED_SCORES.map((score) => ({ score, found: findingsCount(found(score)) })),
      findings: found(),
    };
  }

  /** Gives the model's memory back. */
  release(): Promise<void> {
    this.writer.close();
    return this.network.release();
  }

  #fitted(pixels: Pixels): FittedPicture {
    return { pixels, fit: fitInto(pixels, this.manifest.input) };
  }
}
