/** Classifiers on a data set with a folder for each class. */

import { SmarteyeError } from "../../../core/errors.ts";
import type { Speed } from "../../../lab/evaluation/evaluate.ts";
import { openClassFolders } from "../../../lab/evaluation/class_folders.ts";
import { TopScorer } from "../../../lab/evaluation/top_scorer.ts";
import { type CatalogueEntry, labelsOf } from "../../../models/catalogue.ts";
import type { Accuracy } from "../../../models/manifest.ts";
import { table } from "../../table.ts";
import { type EvalOptions, type Infer, type Report, spread } from "./options.ts";
import {
  counted,
  points,
  rounded,
  shortPath,
  SPEED_COLUMNS,
  speedCells,
  speedJson,
} from "./report.ts";

/** All of ImageNet-1k's. */
const IMAGENET_CLASSES = 1000;

/** Evaluates classifiers. @throws {SmarteyeError} when the data set has no image that they know. */
export async function evalClassifiers(
  entries: readonly CatalogueEntry[],
  options: EvalOptions,
  infer: Infer,
): Promise<Report> {
  if (options.save !== undefined) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot save what classifiers find in "${options.save}": COCO's files hold boxes, ` +
        `no --save is wanted`,
    );
  }
  const [data, ...more] = options.data as [string, ...string[]];
  if (more.length > 0) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot evaluate classifiers on ${options.data.length} data sets: one --data is wanted`,
    );
  }
  const { classes, images } = await openClassFolders(data);
  const models = entries.map((entry) => {
    const { name } = entry.manifest;
    return { entry, name, scorer: new TopScorer(name, labelsOf(entry.manifest), classes) };
  });
  const evaluated = await infer(
    spread(images, options.imagesMax),
    models.map(({ entry, scorer }) => ({
      entry,
      take: ({ classId }, _size, findings) =>
        scorer.add(classId, "classifications" in findings ? findings.classifications : []),
    })),
  );
  const { threads } = options;
  const results = models.map(({ name, scorer }, i) => ({
    model: name,
    score: scorer.score(),
    speed: evaluated.speeds[i]!,
  }));
  return {
    json: {
      data: { path: data, form: "folders", classes },
      images: evaluated.images,
      unreadable: evaluated.unreadable,
      threads,
      models: results.map(({ model, score, speed }) => ({
        model,
        top1: rounded(score.top1),
        top5: rounded(score.top5),
        ...speedJson(speed),
        images_counted: score.images,
        unknown_classes: score.unknown,
      })),
    },
    text: [
      `${data}: ${counted(evaluated.images, "image")} in ${counted(classes.length, "folder")}; ${
        counted(threads, "thread")
      }`,
      topTable(results),
      ...results.flatMap(({ model, score: { unknown } }) => {
        if (unknown.length === 0) return [];
        const left = unknown.reduce((sum, { images }) => sum + images, 0);
        const names = unknown.map(({ name }) => name).join(", ");
        return [`not known to ${model}: ${names}; left out: ${counted(left, "image")}`];
      }),
    ].join("\n"),
    accuracies: results.map(({ score }) => accuracyOn(data, classes, score)),
  };
}

/** ImageNet's where all of its classes were there. */
function accuracyOn(
  data: string,
  classes: readonly string[],
  { top1, images, unknown }: Result["score"],
): Accuracy | undefined {
  if (top1 === undefined) return undefined;
  const known = classes.length - unknown.length;
  return {
    metric: `top-1 on ${counted(images, "image")} of ${shortPath(data)}, ${
      counted(known, "class", "classes")
    }`,
    value: Number(points(top1)),
    benchmark: known === IMAGENET_CLASSES ? "imagenet" : "other",
  };
}

interface Result {
  readonly model: string;
  readonly score: ReturnType<TopScorer["score"]>;
  readonly speed: Speed;
}

function topTable(results: readonly Result[]): string {
  return table(
    [
      ["model", "left"],
      ["top-1", "right"],
      ["top-5", "right"],
      ["images", "right"],
      ...SPEED_COLUMNS,
    ],
    results.map(({ model, score, speed }) => [
      model,
      points(score.top1),
      points(score.top5),
      score.images,
      ...speedCells(speed),
    ]),
  );
}
