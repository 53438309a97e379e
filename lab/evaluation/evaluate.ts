/** Runs models over images, all on the same ones, and measures how fast they are. */

import type { Clock } from "../../core/clock.ts";
import type { Findings } from "../../core/detection.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Picture, Size } from "../../core/frame.ts";
import { EncodedImage, PixelPicture } from "../../core/image.ts";
import { logger } from "../../core/log.ts";
import { percentile } from "../../core/rolling_window.ts";
import type { CatalogueEntry } from "../../models/catalogue.ts";
import { referenceOf } from "../../core/reference.ts";
import type { ModelRepository } from "../../inference/repository.ts";

const log = logger("eval");

/** Bytes that an image file may have. */
const IMAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Unreadable images that are told one by one. */
const TOLD_MAX = 10;

/** A model that is run, and who hears what it finds. */
export interface Contender<Image> {
  /** What is run. */
  readonly entry: CatalogueEntry;
  /** Takes what was found in an image of some size. */
  readonly take: (image: Image, size: Size, findings: Findings) => void;
}

/** How models are run. */
export interface EvaluateOptions {
  /** Knows the contenders, and has nothing to do but this. */
  readonly repository: ModelRepository;
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

/** How fast a model is. */
export interface Speed {
  /** Milliseconds from pixels to findings, in a Worker that does nothing else. */
  readonly inferMs: { readonly p50: number; readonly p95: number };
  /** With decoding of the image, one after the other. */
  readonly imagesPerSecond: number;
}

/** What a run over a data set gives, beside what was found. */
export interface Evaluated {
  /** Images that every model inferred. */
  readonly images: number;
  /** Images that could not be read: no model was asked about them. */
  readonly unreadable: number;
  /** Of each model, in the order given. */
  readonly speeds: readonly Speed[];
}

interface Running<Image> extends Contender<Image> {
  readonly inferMs: number[];
  spentMs: number;
}

/**
 * Infers every image with every model.
 *
 * One job is under way at a time, and all models see an image before the next one is read: whatever
 * else the machine does, it does it to all of them. Each model's first inference is not counted.
 * Latency includes suppression at the low score threshold of an evaluation, a few hundredths more
 * than in use.
 *
 * @throws {SmarteyeError} when a model cannot be loaded or run, or not one image can be read.
 */
export async function evaluate<Image extends { readonly path: string }>(
  all: readonly Image[],
  contenders: readonly Contender<Image>[],
  options: EvaluateOptions,
): Promise<Evaluated> {
  const models = contenders.map((one): Running<Image> => ({ ...one, inferMs: [], spentMs: 0 }));
  for (const { entry } of models) await options.repository.load(referenceOf(entry.manifest));
  let images = 0;
  let unreadable = 0;
  for (const [index, image] of all.entries()) {
    if (options.stop.aborted) break;
    options.progress?.(index, all.length);
    const startAtMs = options.clock.nowMs();
    const picture = await readPicture(image.path, options.pixelsMax).catch((error) => {
      if (++unreadable <= TOLD_MAX) {
        log.warn("left out: {path}: {why}", { path: image.path, why: messageOf(error) });
      }
    });
    if (!picture) continue;
    const decodeMs = options.clock.nowMs() - startAtMs;
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
  return { images, unreadable, speeds: models.map(speedOf) };
}

async function readPicture(path: string, pixelsMax: number): Promise<Picture> {
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

async function warmUp(
  models: readonly Contender<never>[],
  picture: Picture,
  { repository }: EvaluateOptions,
) {
  for (const { entry: { manifest } } of models) {
    await repository.infer(picture, { model: referenceOf(manifest) });
  }
}

async function inferOne<Image>(
  model: Running<Image>,
  image: Image,
  picture: Picture,
  decodeMs: number,
  { repository, clock, scoreThreshold }: EvaluateOptions,
): Promise<void> {
  const startAtMs = clock.nowMs();
  const request = { model: referenceOf(model.entry.manifest), scoreThreshold };
  const { findings, timingsMs } = await repository.infer(picture, request);
  model.spentMs += decodeMs + clock.nowMs() - startAtMs;
  model.inferMs.push(timingsMs.preprocess + timingsMs.infer + timingsMs.postprocess);
  model.take(image, picture, findings);
}

function speedOf({ inferMs, spentMs }: Running<never>): Speed {
  return {
    inferMs: { p50: percentile(inferMs, 50)!, p95: percentile(inferMs, 95)! },
    imagesPerSecond: spentMs > 0 ? 1000 * inferMs.length / spentMs : 0,
  };
}
