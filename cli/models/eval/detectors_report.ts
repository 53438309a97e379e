/** How detectors did on a data set, for people and for programs. */

import type { Evaluated, Speed } from "../../../lab/evaluation/evaluate.ts";
import type { LabelScore, ModelScore } from "../../../lab/evaluation/scorer.ts";
import { type Column, table } from "../../table.ts";
import { ap50Cells, classRows, COMMON_MARK, modelColumns, type Scores } from "./class_rows.ts";
import { counted, points, rounded, SPEED_COLUMNS, speedCells, speedJson } from "./report.ts";

/** What is reported of one data set. */
export interface SetEvaluation {
  /** What it is called beside others. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
  /** The form of its labels. */
  readonly form: string;
  /** Its classes. */
  readonly classes: readonly string[];
  /** Least score of the detections. */
  readonly scoreThreshold: number;
  /** Threads of each session. */
  readonly threads: number;
  /** What was inferred. */
  readonly evaluated: Evaluated;
  /** Whether the models know the same of its classes: then one kind of figure is all there is. */
  readonly isCommon: boolean;
  /** In the order asked for. */
  readonly results: readonly DetectorResult[];
}

/** How one detector did. */
export interface DetectorResult extends Scores {
  /** How fast it was. */
  readonly speed: Speed;
}

/** One object that holds all of it; precision in points, 0 to 100, as models' accuracies are. */
export function detectorsJson(evaluation: SetEvaluation): Record<string, unknown> {
  const { path, form, classes, scoreThreshold, threads, evaluated, results } = evaluation;
  const [{ common, score }] = results as [DetectorResult];
  return {
    data: { path, form, classes, without_objects: score.absent },
    images: evaluated.images,
    unreadable: evaluated.unreadable,
    score_threshold: scoreThreshold,
    threads,
    common: {
      classes: common.labels.flatMap(({ classes }) => classes),
      objects: common.objects,
      images: common.images,
      left_out: common.unknown,
    },
    models: results.map(({ model, score, common, speed }) => ({
      model,
      ...meansJson(score),
      objects: score.objects,
      images: score.images,
      common: { ...meansJson(common), labels: common.labels.map(labelJson) },
      ...speedJson(speed),
      labels: score.labels.map(labelJson),
      unknown_classes: score.unknown,
    })),
  };
}

/** Both means for programs. */
export function meansJson({ map, map50 }: Pick<ModelScore, "map" | "map50">) {
  return { map50_95: rounded(map), map50: rounded(map50) };
}

function labelJson({ label, classes, objects, images, ap, ap50 }: LabelScore) {
  return { label, classes, objects, images, ap50_95: rounded(ap), ap50: rounded(ap50) };
}

/** Two tables, the models side by side, and what else one has to know. */
export function detectorsText(evaluation: SetEvaluation): string {
  const { classes, results, isCommon } = evaluation;
  const rows = classRows(classes, results);
  return [
    headText(evaluation),
    "AP50 by class",
    table(
      [["class", "left"], ["objects", "right"], ["images", "right"], ...modelColumns(results)],
      rows.map((row) => [
        row.name + (row.isCommon && !isCommon ? COMMON_MARK : ""),
        row.objects,
        row.images,
        ...ap50Cells(row),
      ]),
    ),
    ...notes(evaluation),
  ].join("\n");
}

/** What was looked at, and the table of means. */
export function headText(evaluation: SetEvaluation): string {
  const { path, form, scoreThreshold, threads, evaluated: { images }, results } = evaluation;
  const isCommon = evaluation.isCommon;
  const common: Column[] = [["common mAP50-95", "right"], ["common mAP50", "right"]];
  return [
    `${path}: ${counted(images, "image")} with labels in ${form}'s form; ` +
    `scores from ${scoreThreshold}; ${counted(threads, "thread")}`,
    table(
      [
        ["model", "left"],
        ["mAP50-95", "right"],
        ["mAP50", "right"],
        ["classes", "right"],
        ["objects", "right"],
        ["images", "right"],
        ...(isCommon ? [] : common),
        ...SPEED_COLUMNS,
      ],
      results.map(({ model, score, common, speed }) => [
        model,
        points(score.map),
        points(score.map50),
        score.labels.length,
        score.objects,
        images,
        ...(isCommon ? [] : [points(common.map), points(common.map50)]),
        ...speedCells(speed),
      ]),
    ),
  ].join("\n");
}

/** Lines of what is common to the models, what some do not know, and what is left out. */
export function notes({ results, isCommon }: SetEvaluation): string[] {
  const [{ common, score: { absent } }] = results as [DetectorResult];
  const classes = common.labels.flatMap(({ classes }) => classes).join(", ");
  return [
    ...(isCommon ? [] : [
      classes === ""
        ? "common: there is no object of a class that all models know"
        : `common, marked${COMMON_MARK}: of the classes that all models know: ${classes}; ` +
          `${counted(common.objects, "object")} in ${counted(common.images, "image")}; there, ` +
          "what is found on objects of other classes counts neither way, for any model",
    ]),
    ...unknownText(results),
    ...(absent.length === 0 ? [] : [
      `without an object: ${absent.join(", ")}; in no mean, and what is found of them counts ` +
      "neither way",
    ]),
  ];
}

/** A line for each list of classes that some of the models do not know. */
function unknownText(results: readonly DetectorResult[]): string[] {
  const models = new Map<string, string[]>();
  for (const { model, score: { unknown } } of results) {
    const classes = unknown.map(({ name, objects }) => `${name} (${counted(objects, "object")})`);
    if (classes.length === 0) continue;
    const list = classes.join(", ");
    models.set(list, [...models.get(list) ?? [], model]);
  }
  return Array.from(
    models,
    ([classes, names]) =>
      `not known to ${names.join(", ")}: ${classes}; what is found there counts neither way`,
  );
}
