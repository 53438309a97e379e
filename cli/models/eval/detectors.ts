/** Detectors on a data set of boxes. */

import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";
import { logger } from "../../../core/log.ts";
import { labelsOfClasses } from "../../../lab/evaluation/class_names.ts";
import { cocoResults, cocoTruth } from "../../../lab/evaluation/coco_files.ts";
import { openLabelledImages } from "../../../lab/evaluation/labelled_images.ts";
import { Scorer } from "../../../lab/evaluation/scorer.ts";
import { type CatalogueEntry, labelsOf } from "../../../models/catalogue.ts";
import { detectorsJson, detectorsText } from "./detectors_report.ts";
import { type EvalOptions, type Infer, type Report, spread } from "./options.ts";

const log = logger("eval");

/** Evaluates detectors. @throws {SmarteyeError} when the data set is broken, or saving fails. */
export async function evalDetectors(
  entries: readonly CatalogueEntry[],
  options: EvalOptions,
  infer: Infer,
): Promise<Report> {
  const { form, classes, images: all } = await openLabelledImages(options.data);
  const images = spread(all, options.imagesMax);
  if (images.every(({ objects }) => objects.length === 0)) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot evaluate on "${options.data}": none of its ${images.length} images has a ` +
        `labelled object, at least one is wanted`,
    );
  }
  const models = matching(entries, classes, options).map((entry) => {
    const { name } = entry.manifest;
    return { entry, name, scorer: new Scorer(name, labelsOf(entry.manifest), classes) };
  });
  const evaluated = await infer(
    images,
    models.map(({ entry, scorer }) => ({
      entry,
      take: (image, size, findings) =>
        scorer.add(image, size, "detections" in findings ? findings.detections : []),
    })),
  );
  if (options.save !== undefined) {
    for (const { name, scorer } of models) await save(options.save, name, scorer);
  }
  const results = models.map(({ name, scorer }, i) => ({
    model: name,
    score: scorer.score(),
    speed: evaluated.speeds[i]!,
  }));
  const { data: path, scoreThreshold, threads } = options;
  const evaluation = { path, form, classes, scoreThreshold, threads, evaluated, results };
  return { json: detectorsJson(evaluation), text: detectorsText(evaluation) };
}

/** Of models that nobody named, those that know a class of the data set; else all. */
function matching(
  entries: readonly CatalogueEntry[],
  classes: readonly string[],
  { names }: EvalOptions,
): readonly CatalogueEntry[] {
  if (names.length > 0) return entries;
  const [known, others] = [entries.filter(knows), entries.filter((entry) => !knows(entry))];
  if (known.length === 0) return entries; // each tells by itself what it knows
  for (const { manifest: { name } } of others) {
    log.warn("{name} is left out: it knows none of {classes}", {
      name,
      classes: classes.join(", "),
    });
  }
  return known;

  function knows({ manifest }: CatalogueEntry): boolean {
    return labelsOfClasses(classes, labelsOf(manifest)).some((label) => label !== undefined);
  }
}

async function save(directory: string, model: string, scorer: Scorer): Promise<void> {
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
