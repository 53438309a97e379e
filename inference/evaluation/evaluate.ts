/** Runs models over a data set, all on the same images, and says how good and how fast they are. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Picture } from "../../core/frame.ts";
import { EncodedImage, PixelPicture } from "../../core/image.ts";
import { logger } from "../../core/log.ts";
import { percentile } from "../../core/rolling_window.ts";
import { type CatalogueEntry, labelsOf } from "../../models/catalogue.ts";
import type { WorkerPool } from "../worker_pool.ts";
import type { LabelledImage, LabelledImages } from "./labelled_image.ts";
import { type ModelScore, Scorer } from "./scorer.ts";

const log = logger("eval");

/** Bytes that an image file may have. */
const IMAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Unreadable images that are told one by one. */
const TOLD_MAX = 10;

/** How models are run. */
export interface EvaluateOptions {
  /** Has nothing to do but this. */
  readonly pool: WorkerPool;
  /** Times decoding and throughput. */
  readonly clock: Clock;
  /** Least score of a detection that counts. */
  readonly scoreThreshold: number;
  /** Pixels (width × height) that an image may have. */
  readonly pixelsMax: number;
  /** Ends the run after the image that is being worked on. */
  readonly stop: AbortSignal;
  /** Told how far it is. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** One model, measured. */
export interface ModelResult {
  /** Its name. */
  readonly model: string;
  /** How good it is. */
  readonly score: ModelScore;
  /** Everything that the score is made of. */
  readonly scorer: Scorer;
  /** Milliseconds from pixels to findings, in a Worker that does nothing else. */
  readonly inferMs: { readonly p50: number; readonly p95: number };
  /** With decoding of the image, one after the other. */
  readonly imagesPerSecond: number;
}

/** What a run over a data set gives. */
export interface Evaluated {
  /** Images that every model inferred. */
  readonly images: number;
  /** Images that could not be read: no model was asked about them. */
  readonly unreadable: number;
  /** In the order asked for. */
  readonly models: readonly ModelResult[];
}

interface Running {
  readonly entry: CatalogueEntry;
  readonly scorer: Scorer;
  readonly inferMs: number[];
  spentMs: number;
}

/**
 * Infers every image with every model and scores the findings.
 *
 * One job is under way at a time, and all models see an image before the next one is read: whatever
 * else the machine does, it does it to all of them. Each model's first inference is not counted.
 * Latency includes suppression at the low score threshold of an evaluation, a few hundredths more
 * than in use.
 *
 * @throws {SmarteyeError} when a model cannot be loaded or run, or not one image can be read.
 */
export async function evaluate(
  data: LabelledImages,
  entries: readonly CatalogueEntry[],
  options: EvaluateOptions,
): Promise<Evaluated> {
  const models = entries.map((entry): Running => {
    const { name } = entry.manifest;
    const scorer = new Scorer(name, labelsOf(entry.manifest), data.classes);
    return { entry, scorer, inferMs: [], spentMs: 0 };
  });
  for (const { entry } of models) await options.pool.load(entry);
  let images = 0;
  let unreadable = 0;
  for (const [index, image] of data.images.entries()) {
    if (options.stop.aborted) break;
    options.progress?.(index, data.images.length);
    const startMs = options.clock.nowMs();
    const picture = await readPicture(image, options.pixelsMax).catch((error) => {
      if (++unreadable <= TOLD_MAX) {
        log.warn("left out: {path}: {why}", { path: image.path, why: messageOf(error) });
      }
    });
    if (!picture) continue;
    const decodeMs = options.clock.nowMs() - startMs;
    if (images++ === 0) await warmUp(models, picture, options);
    for (const model of models) await inferOne(model, image, picture, decodeMs, options);
  }
  if (images === 0) {
    throw new SmarteyeError(
      "invalid_argument",
      options.stop.aborted
        ? "Cannot evaluate: it was stopped before the first image"
        : `Cannot evaluate: none of the data set's ${unreadable} images can be read`,
    );
  }
  return { images, unreadable, models: models.map(resultOf) };
}

async function readPicture({ path }: LabelledImage, pixelsMax: number): Promise<Picture> {
  const { size } = await Deno.stat(path);
  if (size > IMAGE_BYTES_MAX) {
    throw new SmarteyeError(
      "payload_too_large",
      `Cannot read the image: it has ${size} bytes, at most ${IMAGE_BYTES_MAX} are wanted`,
    );
  }
  const encoded = await EncodedImage.open(await Deno.readFile(path), { pixelsMax });
  return new PixelPicture(await encoded.rgb());
}

async function warmUp(models: readonly Running[], picture: Picture, { pool }: EvaluateOptions) {
  for (const { entry: { manifest: { name } } } of models) {
    await pool.infer({ model: name, pixels: await picture.rgb() });
  }
}

async function inferOne(
  model: Running,
  image: LabelledImage,
  picture: Picture,
  decodeMs: number,
  { pool, clock, scoreThreshold }: EvaluateOptions,
): Promise<void> {
  const { name } = model.entry.manifest;
  const startMs = clock.nowMs();
  const pixels = await picture.rgb();
  const { findings, inferMs } = await pool.infer({ model: name, pixels, scoreThreshold });
  model.spentMs += decodeMs + clock.nowMs() - startMs;
  model.inferMs.push(inferMs);
  model.scorer.add(image, picture, "detections" in findings ? findings.detections : []);
}

function resultOf({ entry, scorer, inferMs, spentMs }: Running): ModelResult {
  return {
    model: entry.manifest.name,
    score: scorer.score(),
    scorer,
    inferMs: { p50: percentile(inferMs, 50)!, p95: percentile(inferMs, 95)! },
    imagesPerSecond: spentMs > 0 ? 1000 * inferMs.length / spentMs : 0,
  };
}
