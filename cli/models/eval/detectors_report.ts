/** How detectors did on a data set, for people and for programs. */

import type { Evaluated, Speed } from "../../../lab/evaluation/evaluate.ts";
import type { LabelScore, ModelScore } from "../../../lab/evaluation/scorer.ts";
import { table } from "../../table.ts";
import { counted, points, rounded, SPEED_COLUMNS, speedCells, speedJson } from "./report.ts";

/** What is reported. */
export interface Evaluation {
  /** Where the data set is. */
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
  /** In the order asked for. */
  readonly results: readonly DetectorResult[];
}

/** How one detector did. */
export interface DetectorResult {
  /** Its name. */
  readonly model: string;
  /** How good it was. */
  readonly score: ModelScore;
  /** How fast it was. */
  readonly speed: Speed;
}

/** One object that holds all of it; precision in points, 0 to 100, as models' accuracies are. */
export function detectorsJson(evaluation: Evaluation): unknown {
  const { path, form, classes, scoreThreshold, threads, evaluated, results } = evaluation;
  return {
    data: { path, form, classes },
    images: evaluated.images,
    unreadable: evaluated.unreadable,
    score_threshold: scoreThreshold,
    threads,
    models: results.map(({ model, score, speed }) => ({
      model,
      map50_95: rounded(score.map),
      map50: rounded(score.map50),
      ...speedJson(speed),
      labels: score.labels.map(({ label, classes, objects, ap, ap50 }) => ({
        label,
        classes,
        objects,
        ap50_95: rounded(ap),
        ap50: rounded(ap50),
      })),
      unknown_classes: score.unknown,
    })),
  };
}

/** Two tables, the models side by side, and what else one has to know. */
export function detectorsText(evaluation: Evaluation): string {
  const { path, form, scoreThreshold, threads, evaluated: { images }, results } = evaluation;
  const overall = table(
    [
      ["model", "left"],
      ["mAP50-95", "right"],
      ["mAP50", "right"],
      ["images", "right"],
      ...SPEED_COLUMNS,
    ],
    results.map(({ model, score, speed }) => [
      model,
      points(score.map),
      points(score.map50),
      images,
      ...speedCells(speed),
    ]),
  );
  return [
    `${path}: ${counted(images, "image")} with labels in ${form}'s form; ` +
    `scores from ${scoreThreshold}; ${counted(threads, "thread")}`,
    overall,
    "AP50 by class",
    classTable(results),
    ...unknownText(results),
  ].join("\n");
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

/** A row for each class, or for the classes that models take for one; a column for each model. */
function classTable(results: readonly DetectorResult[]): string {
  const rows = new Map<string, { objects: number; ap50: Map<string, number> }>();
  for (const { model, score } of results) {
    for (const label of score.labels) {
      const name = rowName(label);
      const row = rows.get(name) ?? { objects: label.objects, ap50: new Map() };
      rows.set(name, row);
      row.ap50.set(model, label.ap50);
    }
  }
  return table(
    [
      ["class", "left"],
      ["objects", "right"],
      ...results.map(({ model }) => [model, "right"] as const),
    ],
    Array.from(rows, ([name, { objects, ap50 }]) => [
      name,
      objects,
      ...results.map(({ model }) => points(ap50.get(model))),
    ]),
  );
}

function rowName({ label, classes }: LabelScore): string {
  const names = classes.join(" + ");
  return names === label ? names : `${names} → ${label}`;
}
