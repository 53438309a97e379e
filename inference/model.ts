/** One loaded model: weights whose sha256 was checked, its input tensor and its decoder. */

import { createHash } from "node:crypto";
import type { Detection, Findings } from "../core/detection.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Pixels, Size } from "../core/frame.ts";
import { percentile } from "../core/rolling_window.ts";
import { labelsOf } from "../models/catalogue.ts";
import type { DetectorName, Manifest } from "../models/manifest.ts";
import { assertOnnx, FILE_BYTES_MAX } from "../models/onnx_file.ts";
import { rankClasses } from "./decode/classifier.ts";
import type { Candidate, OutputTensor } from "./decode/decoder.ts";
import { DECODERS } from "./decode/decoders.ts";
import { runLengths } from "./decode/mask.ts";
import { suppress } from "./decode/suppress.ts";
import { boxInSource, type Fit, fitInto } from "./fit.ts";
import {
  findingsCount,
  INSPECTED_SCORES,
  type Inspection,
  type Measured,
  type MeasureEffort,
  summaryOf,
} from "./inspection.ts";
import { Session, type SessionOptions } from "./session.ts";
import type { WorkerResults } from "./worker_messages.ts";
import { TensorWriter } from "./tensor.ts";

/** Runs before those that are timed. */
const WARM_UP_RUNS = 3;

/** The largest picture that models which take any size are tried and measured with. */
const TRIAL: Size = { width: 640, height: 480 };

/** What came of one picture, and how long each stage took. */
export type Inferred = WorkerResults["infer"];

/** A model that is ready to infer, in the Worker that holds it. */
export class Model {
  readonly #tensor: TensorWriter;
  readonly #labels: readonly string[];

  private constructor(readonly manifest: Manifest, private readonly session: Session) {
    this.#tensor = new TensorWriter(manifest.input);
    this.#labels = labelsOf(manifest);
  }

  /**
   * Reads, verifies, loads and tries the weights. The bytes that are hashed are the bytes that are
   * loaded.
   *
   * @throws {SmarteyeError} `failed_precondition` when the file is not the manifest's, cannot be
   * loaded, or does not infer.
   */
  static async load(manifest: Manifest, path: string, options: SessionOptions): Promise<Model> {
    try {
      const weights = await readWeights(path);
      const sha256 = createHash("sha256").update(weights).digest("hex");
      if (sha256 !== manifest.sha256) {
        throw new Error(`its sha256 is ${sha256}, ${manifest.sha256} is wanted`);
      }
      assertOnnx(weights);
      const session = await Session.open(weights, options);
      const model = new Model(manifest, session);
      try {
        await model.#prove();
      } catch (error) {
        await session.release();
        throw error;
      }
      return model;
    } catch (cause) {
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot load the model "${manifest.name}" from ${path}: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  /**
   * Infers one picture.
   *
   * @param pixels the picture, at its own size: boxes are in this frame.
   * @param scoreThreshold least score of a detection that is reported; the manifest's own when absent.
   */
  async infer(pixels: Pixels, scoreThreshold?: number): Promise<Inferred> {
    const beganAtMs = performance.now();
    const fit = fitInto(pixels, this.manifest.input);
    const tensor = this.#tensor.write(pixels, fit);
    const writtenAtMs = performance.now();
    const outputs = await this.session.run(tensor);
    const ranAtMs = performance.now();
    const findings = this.#findings(outputs, fit, pixels, scoreThreshold);
    const workedMs = {
      preprocess: writtenAtMs - beganAtMs,
      infer: ranAtMs - writtenAtMs,
      postprocess: performance.now() - ranAtMs,
    };
    return { findings, workedMs };
  }

  /**
   * Times inferences of a grey picture.
   *
   * @param effort how many at most, and milliseconds after which no other is begun.
   */
  async measure({ runs, msMax }: MeasureEffort): Promise<Measured> {
    const pixels = this.#trial();
    const times: number[] = [];
    const start = performance.now();
    for (let run = 0; run < WARM_UP_RUNS + runs; run++) {
      const before = performance.now();
      await this.infer(pixels);
      const after = performance.now();
      if (run >= WARM_UP_RUNS || after - start > msMax) times.push(after - before);
      if (after - start > msMax) break;
    }
    const meanMs = times.reduce((a, b) => a + b, 0) / times.length;
    return { p50Ms: percentile(times, 50)!, p95Ms: percentile(times, 95)!, fps: 1000 / meanMs };
  }

  /** Infers one picture, and tells what there was on the way. */
  async inspect(pixels: Pixels): Promise<Inspection> {
    const fit = fitInto(pixels, this.manifest.input);
    const outputs = await this.session.run(this.#tensor.write(pixels, fit));
    return {
      image: this.session.image,
      outputs: outputs.map(summaryOf),
      objects: INSPECTED_SCORES.map((score) => ({
        score,
        found: findingsCount(this.#findings(outputs, fit, pixels, score)),
      })),
      findings: this.#findings(outputs, fit, pixels),
    };
  }

  /** Gives the model's memory back. */
  release(): Promise<void> {
    return this.session.release();
  }

  /** Infers once, so that what does not fit its manifest is told now, not at the first frame. */
  async #prove(): Promise<void> {
    const { input } = this.manifest;
    const pixels = this.#trial();
    const fit = fitInto(pixels, input);
    const tensor = this.#tensor.write(pixels, fit);
    const anySize = input.fit === "as_is";
    this.session.assertTakes(
      input.type,
      tensor.dims.map((dim, i) =>
        !anySize || dim === 3 ? dim : i === tensor.dims.length - 1 ? "width" : "height"
      ),
    );
    const outputs = await this.session.run(tensor);
    const broken = outputs.find(({ data }) => data.some(Number.isNaN));
    if (broken) throw new Error(`its output ${broken.name} holds NaN for a grey picture`);
    this.#findings(outputs, fit, pixels);
  }

  #trial(): Pixels {
    const { fit, width: w, height: h } = this.manifest.input;
    const width = fit === "as_is" ? Math.min(w, TRIAL.width) : w;
    const height = fit === "as_is" ? Math.min(h, TRIAL.height) : h;
    return { width, height, data: new Uint8Array(width * height * 3).fill(114) };
  }

  #findings(
    outputs: readonly OutputTensor[],
    fit: Fit,
    source: Size,
    scoreThreshold = this.manifest.score_threshold,
  ): Findings {
    const { service, decoder, iou_threshold } = this.manifest;
    const classes = this.#labels.length;
    if (service === "classification") {
      const classifications = rankClasses(outputs, classes)
        .map(({ classId, score }) => ({ ...this.#class(classId), score }));
      return { classifications };
    }
    const decode = DECODERS[decoder as DetectorName];
    const candidates = decode(outputs, { input: fit.tensor, classes, scoreThreshold });
    const kept = suppress(candidates, iou_threshold);
    return { detections: kept.flatMap((candidate) => this.#detection(candidate, fit, source)) };
  }

  #detection({ classId, score, box, mask }: Candidate, fit: Fit, source: Size): Detection[] {
    const inSource = boxInSource(box, fit, source);
    if (!inSource) return [];
    const outline = mask ? { mask: runLengths(mask, box, fit.scaled) } : {};
    return [{ ...this.#class(classId), score, box: inSource, ...outline }];
  }

  #class(classId: number): { label: string; class_id: number } {
    return { label: this.#labels[classId] ?? `class ${classId}`, class_id: classId };
  }
}

/** Reads a file of weights. @throws {Error} when it cannot be read, or is larger than any can be. */
export async function readWeights(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await Deno.stat(path);
  if (size > FILE_BYTES_MAX) {
    throw new Error(`it has ${size} bytes, an ONNX file has at most ${FILE_BYTES_MAX}`);
  }
  return await Deno.readFile(path);
}
