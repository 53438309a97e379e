/** Detectors on data sets of boxes. */

import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";
import { logger } from "../../../core/log.ts";
import {
  type Categories,
  commonCategories,
  type Knower,
  ownCategories,
} from "../../../lab/evaluation/categories.ts";
import { labelsOfClasses } from "../../../lab/evaluation/class_names.ts";
import { cocoResults, cocoTruth } from "../../../lab/evaluation/coco_files.ts";
import type { LabelledImage, LabelledImages } from "../../../lab/evaluation/labelled_image.ts";
import { openLabelledImages } from "../../../lab/evaluation/labelled_images.ts";
import { Scorer } from "../../../lab/evaluation/scorer.ts";
import { LABEL_SETS } from "../../../models/bundled.ts";
import { type CatalogueEntry, labelsOf } from "../../../models/catalogue.ts";
import type { Accuracy } from "../../../models/manifest.ts";
import { detectorsJson, detectorsText, type SetEvaluation } from "./detectors_report.ts";
import { type EvalOptions, type Infer, type Report, spread } from "./options.ts";
import { counted, points, shortPath } from "./report.ts";
import { setNames } from "./set_names.ts";
import { setsJson, setsText } from "./sets_report.ts";

const log = logger("eval");

const COCO = LABEL_SETS["coco80"]!;

/** A data set that is to be looked at. */
interface DataSet extends LabelledImages {
  readonly name: string;
  readonly path: string;
}

/** A model on a data set. */
interface Contestant {
  readonly entry: CatalogueEntry;
  readonly name: string;
  /** On the classes that it knows. */
  readonly own: Scorer;
  /** On those that all know; absent where that is the same for each of the models. */
  readonly common: Scorer | undefined;
}

/**
 * Evaluates detectors, on one data set after the other.
 *
 * @throws {SmarteyeError} when a data set is broken, or saving fails.
 */
export async function evalDetectors(
  entries: readonly CatalogueEntry[],
  options: EvalOptions,
  infer: Infer,
  stop: AbortSignal,
): Promise<Report> {
  const names = setNames(options.data);
  const sets: DataSet[] = [];
  for (const [i, path] of options.data.entries()) {
    sets.push(await openSet(path, names[i]!, options.imagesMax));
  }
  const chosen = matching(entries, sets, options);
  const rounds = sets.map((set) => ({ set, contestants: contestantsOn(set, chosen) }));
  const { scoreThreshold, threads } = options;
  const done: SetEvaluation[] = [];
  for (const { set, contestants } of rounds) {
    if (stop.aborted && done.length > 0) {
      log.warn("stopped: {name} is left out", { name: set.name });
      continue;
    }
    const evaluation = await evaluateOn(set, contestants, infer);
    done.push({ ...evaluation, scoreThreshold, threads });
    if (options.save === undefined) continue;
    const directory = sets.length > 1 ? join(options.save, set.name) : options.save;
    for (const contestant of contestants) await save(directory, contestant);
  }
  return sets.length === 1
    ? {
      json: detectorsJson(done[0]!),
      text: detectorsText(done[0]!),
      accuracies: accuraciesOn(done[0]!),
    }
    : { json: setsJson(done), text: setsText(done), accuracies: [] };
}

/** COCO's where all of COCO's classes were there. */
function accuraciesOn(
  { path, classes, results, evaluated }: SetEvaluation,
): (Accuracy | undefined)[] {
  const known = labelsOfClasses(classes, COCO).filter((label) => label !== undefined);
  const isCoco = new Set(known).size === COCO.length;
  return results.map(({ score: { map, labels } }) =>
    map === undefined ? undefined : {
      metric: `mAP50-95 on ${counted(evaluated.images, "image")} of ${shortPath(path)}, ${
        counted(labels.length, "class", "classes")
      }`,
      value: Number(points(map)),
      benchmark: isCoco && labels.length === COCO.length ? "coco" : "other",
    }
  );
}

async function openSet(
  path: string,
  name: string,
  imagesMax: number | undefined,
): Promise<DataSet> {
  const opened = await openLabelledImages(path);
  const images = spread(opened.images, imagesMax);
  if (images.some(({ objects }) => objects.length > 0)) return { ...opened, images, name, path };
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot evaluate on "${path}": none of its ${images.length} images has a ` +
      `labelled object, at least one is wanted`,
  );
}

async function evaluateOn(
  { name, path, form, images }: DataSet,
  contestants: readonly Contestant[],
  infer: Infer,
): Promise<Omit<SetEvaluation, "scoreThreshold" | "threads">> {
  const evaluated = await infer(
    images,
    contestants.map(({ entry, own, common }) => ({
      entry,
      take: (image: LabelledImage, size, findings) => {
        const detections = "detections" in findings ? findings.detections : [];
        own.add(image, size, detections);
        common?.add(image, size, detections);
      },
    })),
  );
  const results = contestants.map(({ name, own, common }, i) => {
    const score = own.score();
    const speed = evaluated.speeds[i]!;
    return { model: name, score, common: common?.score() ?? score, speed };
  });
  const isCommon = contestants.every(({ common }) => common === undefined);
  const { classes } = contestants[0]!.own;
  return { name, path, form, classes, evaluated, results, isCommon };
}

/** @throws {SmarteyeError} `invalid_argument` when a model knows none of the classes. */
function contestantsOn(
  { classes, images }: DataSet,
  entries: readonly CatalogueEntry[],
): Contestant[] {
  const knowers = entries.map(({ manifest }): Knower => ({
    name: manifest.name,
    labels: labelsOf(manifest),
  }));
  const own = knowers.map((knower) => ownCategories(knower, classes));
  const common = commonCategories(knowers, classes);
  const there = new Set(images.flatMap(({ objects }) => objects.map(({ classId }) => classId)));
  const isSame = own.every((one) => partOf(one, there) === partOf(common[0]!, there));
  return entries.map((entry, i) => ({
    entry,
    name: knowers[i]!.name,
    own: new Scorer(own[i]!, classes),
    common: isSame ? undefined : new Scorer(common[i]!, classes),
  }));
}

/** Which of some classes are counted, and which of them as one: equal where that is the same. */
function partOf({ ofClass }: Categories, classIds: ReadonlySet<number>): string {
  const places = [...classIds].map((classId) => ofClass[classId]);
  return places.map((place) => place === undefined ? "" : places.indexOf(place)).join();
}

/** Of models that nobody named, those that know a class of each data set; else all. */
function matching(
  entries: readonly CatalogueEntry[],
  sets: readonly DataSet[],
  { names }: EvalOptions,
): readonly CatalogueEntry[] {
  if (names.length > 0) return entries;
  const unknownTo = ({ manifest }: CatalogueEntry) =>
    sets.find(({ classes }) =>
      labelsOfClasses(classes, labelsOf(manifest)).every((label) => label === undefined)
    );
  const known = entries.filter((entry) => !unknownTo(entry));
  if (known.length === 0) return entries; // each tells by itself what it knows
  for (const entry of entries) {
    const set = unknownTo(entry);
    if (!set) continue;
    log.warn("{name} is left out: it knows none of {classes}", {
      name: entry.manifest.name,
      classes: set.classes.join(", "),
    });
  }
  return known;
}

async function save(directory: string, { name, own, common }: Contestant): Promise<void> {
  const files = {
    truth: cocoTruth(own),
    detections: cocoResults(own),
    ...(common && { "common.truth": cocoTruth(common), "common.detections": cocoResults(common) }),
  };
  try {
    await Deno.mkdir(directory, { recursive: true });
    for (const [kind, content] of Object.entries(files)) {
      await Deno.writeTextFile(join(directory, `${name}.${kind}.json`), JSON.stringify(content));
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
