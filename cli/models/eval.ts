/** `smarteye models eval`: how good and how fast models are on a data set. */

import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { cocoResults, cocoTruth } from "../../inference/evaluation/coco_files.ts";
import { evaluate, type ModelResult } from "../../inference/evaluation/evaluate.ts";
import type { LabelledImages } from "../../inference/evaluation/labelled_image.ts";
import { openLabelledImages } from "../../inference/evaluation/labelled_images.ts";
import { CPU } from "../../inference/provider.ts";
import { WorkerPool } from "../../inference/worker_pool.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { evaluationJson, evaluationText } from "./eval_report.ts";

const log = logger("eval");

/** Options of `smarteye models eval`. */
export interface EvalOptions {
  /** Models; every detector that is here where empty. */
  readonly names: readonly string[];
  /** Path of the data set. */
  readonly data: string;
  /** The model directory. */
  readonly directory: string;
  /** Least score of a detection that counts. */
  readonly scoreThreshold: number;
  /** Images to look at, evenly spread over the data set; all where absent. */
  readonly imagesMax: number | undefined;
  /** Threads of each model's session. */
  readonly threads: number;
  /** Pixels (width × height) that an image may have. */
  readonly pixelsMax: number;
  /** Directory for detections and truth as COCO's files; they are not kept where absent. */
  readonly save: string | undefined;
  /** Print one object, not tables. */
  readonly json: boolean;
}

/** Evaluates. @throws {SmarteyeError} when the data set is broken or a model cannot be run. */
export async function run(options: EvalOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { clock, drain, progress, print } = deps;
  const entries = chosen(await Catalogue.open(options.directory), options.names);
  const whole = await openLabelledImages(options.data);
  const data = { ...whole, images: spread(whole.images, options.imagesMax) };
  if (data.images.every(({ objects }) => objects.length === 0)) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot evaluate on "${options.data}": none of its ${data.images.length} images has a ` +
        `labelled object, at least one is wanted`,
    );
  }
  const { threads, scoreThreshold, pixelsMax } = options;
  const session = { threads, provider: CPU };
  const pool = new WorkerPool({ workers: 1, session, queueLengthMax: 1, clock });
  try {
    const evaluated = await evaluate(data, entries, {
      pool,
      clock,
      scoreThreshold,
      pixelsMax,
      stop: drain,
      progress: (done, total) => progress?.(`${done}/${total} images`),
    });
    if (evaluated.unreadable > 0) {
      log.warn("{n} images cannot be read and are left out", { n: evaluated.unreadable });
    }
    if (drain.aborted) {
      const { images } = evaluated;
      log.warn("stopped early: {images} of {all} images", { images, all: data.images.length });
    }
    for (const result of evaluated.models) {
      if (options.save !== undefined) await save(options.save, result);
    }
    const report = { data, path: options.data, scoreThreshold, threads, evaluated };
    print(options.json ? JSON.stringify(evaluationJson(report)) : evaluationText(report));
    return 0;
  } finally {
    pool.close();
  }
}

function chosen(catalogue: Catalogue, names: readonly string[]): CatalogueEntry[] {
  const entries = names.length > 0
    ? [...new Set(names)].map((name) => catalogue.require(name))
    : catalogue.list("detection").filter(({ present }) => present);
  const other = entries.find(({ manifest }) => manifest.service !== "detection");
  if (other) {
    const { name, service } = other.manifest;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot evaluate the model "${name}": it does ${service}, a detector is wanted`,
    );
  }
  if (entries.length > 0) return entries;
  throw new SmarteyeError(
    "not_found",
    `Cannot evaluate: there is no detector in the model directory "${catalogue.directory}", ` +
      `at least one is wanted (SMARTEYE_MODELS, [models] directory)`,
  );
}

/** So many of the images, at even distances, in their order. */
function spread(images: LabelledImages["images"], max: number | undefined) {
  if (max === undefined || max >= images.length) return images;
  return Array.from({ length: max }, (_, i) => images[Math.floor(i * images.length / max)]!);
}

async function save(directory: string, { model, scorer }: ModelResult): Promise<void> {
  const files = { truth: cocoTruth(scorer), detections: cocoResults(scorer) };
  try {
    await Deno.mkdir(directory, { recursive: true });
    for (const [kind, content] of Object.entries(files)) {
      await Deno.writeTextFile(join(directory, `${model}.${kind}.json`), JSON.stringify(content));
    }
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot save what was found in "${directory}": ${messageOf(cause)}, ` +
        `a directory that can be written to is wanted`,
      { cause },
    );
  }
}
