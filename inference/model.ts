/** One loaded model: weights whose sha256 was checked, its input tensor and its decoder. */

import { createHash } from "node:crypto";
import type { Findings } from "../core/detection.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Pixels, Size } from "../core/frame.ts";
import { percentile } from "../core/rolling_window.ts";
import { labelsOf } from "../models/catalogue.ts";
import type { Manifest } from "../models/manifest.ts";
import { DECODERS } from "./decode/decoders.ts";
import { suppress } from "./decode/suppress.ts";
import { boxInSource, type Fit, fitInto } from "./fit.ts";
import { Session, type SessionOptions } from "./session.ts";
import { TensorWriter } from "./tensor.ts";

/** What is measured when a model's latency is: enough runs to trust a median, within a time. */
const MEASURE = { warmUpRuns: 3, runs: 15, msMax: 1500 } as const;

/** A model that is ready to infer, in the Worker that holds it. */
export class Model {
  readonly #tensor: TensorWriter;
  readonly #labels: readonly string[];

  private constructor(readonly manifest: Manifest, private readonly session: Session) {
    this.#tensor = new TensorWriter(manifest.input);
    this.#labels = labelsOf(manifest);
  }

  /**
   * Reads, verifies and loads the weights. The bytes that are hashed are the bytes that are loaded.
   *
   * @throws {SmarteyeError} `failed_precondition` when the file is not the manifest's, or cannot be loaded.
   */
  static async load(manifest: Manifest, path: string, options: SessionOptions): Promise<Model> {
    const refuse = (found: string, cause?: unknown) =>
      new SmarteyeError(
        "failed_precondition",
        `Cannot load the model "${manifest.name}" from ${path}: ${found}`,
        { cause },
      );
    let weights: Uint8Array;
    try {
      weights = await Deno.readFile(path);
    } catch (cause) {
      throw refuse(messageOf(cause), cause);
    }
    const sha256 = createHash("sha256").update(weights).digest("hex");
    if (sha256 !== manifest.sha256) {
      throw refuse(`its sha256 is ${sha256}, ${manifest.sha256} is wanted`);
    }
    const { width, height } = manifest.input;
    try {
      return new Model(manifest, await Session.open(weights, [1, 3, height, width], options));
    } catch (cause) {
      throw refuse(messageOf(cause), cause);
    }
  }

  /**
   * Infers one picture.
   *
   * @param pixels the picture, at its own size: boxes are in this frame.
   * @param scoreThreshold least score that is reported; the manifest's own when absent.
   */
  async infer(pixels: Pixels, scoreThreshold?: number): Promise<Findings> {
    const { input, decoder, iou_threshold, score_threshold } = this.manifest;
    const fit = fitInto(pixels, input);
    this.#tensor.write(pixels, fit);
    const outputs = await this.session.run(this.#tensor.data);
    const candidates = DECODERS[decoder](outputs, {
      input,
      classes: this.#labels.length,
      scoreThreshold: scoreThreshold ?? score_threshold,
    });
    return { detections: this.#detections(suppress(candidates, iou_threshold), fit, pixels) };
  }

  /** The median time of one inference of a grey picture, in milliseconds. */
  async measure(): Promise<number> {
    const { width, height } = this.manifest.input;
    const pixels = { width, height, data: new Uint8Array(width * height * 3).fill(114) };
    const times: number[] = [];
    const start = performance.now();
    for (let run = 0; run < MEASURE.warmUpRuns + MEASURE.runs; run++) {
      const before = performance.now();
      await this.infer(pixels);
      const after = performance.now();
      if (run >= MEASURE.warmUpRuns || after - start > MEASURE.msMax) times.push(after - before);
      if (after - start > MEASURE.msMax) break;
    }
    return percentile(times, 50)!;
  }

  /** Gives the model's memory back. */
  release(): Promise<void> {
    return this.session.release();
  }

  #detections(candidates: ReturnType<typeof suppress>, fit: Fit, source: Size) {
    return candidates.flatMap(({ classId, score, box }) => {
      const inSource = boxInSource(box, fit, source);
      if (!inSource) return [];
      const label = this.#labels[classId] ?? `class ${classId}`;
      return [{ label, class_id: classId, score, box: inSource }];
    });
  }
}
