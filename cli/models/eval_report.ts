/** The outcome of an evaluation, for people and for programs. */

import type { Evaluated, ModelResult } from "../../inference/evaluation/evaluate.ts";
import type { LabelledImages } from "../../inference/evaluation/labelled_image.ts";
import type { LabelScore } from "../../inference/evaluation/scorer.ts";
import { table } from "../table.ts";

/** What is reported. */
export interface Evaluation {
  /** What was evaluated on. */
  readonly data: LabelledImages;
  /** Where it is. */
  readonly path: string;
  /** Least score of the detections. */
  readonly scoreThreshold: number;
  /** Threads of each session. */
  readonly threads: number;
  /** What came of it. */
  readonly evaluated: Evaluated;
}

/** One object that holds all of it; precision in points, 0 to 100, as models' accuracies are. */
export function evaluationJson({ data, path, scoreThreshold, threads, evaluated }: Evaluation) {
  return {
    data: { path, form: data.form, classes: data.classes },
    images: evaluated.images,
    unreadable: evaluated.unreadable,
    score_threshold: scoreThreshold,
    threads,
    models: evaluated.models.map(({ model, score, inferMs, imagesPerSecond }) => ({
      model,
      map50_95: rounded(score.map),
      map50: rounded(score.map50),
      infer_ms: { p50: round(inferMs.p50, 3), p95: round(inferMs.p95, 3) },
      images_per_s: round(imagesPerSecond, 3),
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
export function evaluationText(evaluation: Evaluation): string {
  const { data, path, scoreThreshold, threads, evaluated: { images, models } } = evaluation;
  const overall = table(
    [
      ["model", "left"],
      ["mAP50-95", "right"],
      ["mAP50", "right"],
      ["images", "right"],
      ["infer p50", "right"],
      ["infer p95", "right"],
      ["images/s", "right"],
    ],
    models.map(({ model, score, inferMs, imagesPerSecond }) => [
      model,
      points(score.map),
      points(score.map50),
      images,
      `${inferMs.p50.toFixed(1)} ms`,
      `${inferMs.p95.toFixed(1)} ms`,
      imagesPerSecond.toFixed(1),
    ]),
  );
  const unknown = models.flatMap(({ model, score }) =>
    score.unknown.map(({ name, objects }) =>
      `${model} does not know ${name} (${objects} objects): what it finds there counts neither way`
    )
  );
  return [
    `${path}: ${images} images with labels in ${data.form}'s form; ` +
    `scores from ${scoreThreshold}; ${threads === 1 ? "1 thread" : `${threads} threads`}`,
    overall,
    "AP50 by class",
    classTable(models),
    ...unknown,
  ].join("\n");
}

/** A row for each class, or for the classes that models take for one; a column for each model. */
function classTable(models: readonly ModelResult[]): string {
  const rows = new Map<string, { objects: number; ap50: Map<string, number> }>();
  for (const { model, score } of models) {
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
      ...models.map(({ model }) => [model, "right"] as const),
    ],
    Array.from(rows, ([name, { objects, ap50 }]) => [
      name,
      objects,
      ...models.map(({ model }) => points(ap50.get(model))),
    ]),
  );
}

function rowName({ label, classes }: LabelScore): string {
  const names = classes.join(" + ");
  return names === label ? names : `${names} → ${label}`;
}

function points(share: number | undefined): string {
  return share === undefined ? "–" : (100 * share).toFixed(1);
}

function rounded(share: number | undefined): number | null {
  return share === undefined ? null : round(100 * share, 4);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
