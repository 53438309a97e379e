/** Precision by class, the models beside each other. */

import type { Column } from "../../table.ts";
import type { ClassCount, LabelScore, ModelScore } from "../../../lab/evaluation/scorer.ts";
import { points } from "./report.ts";

/** How one detector did on one data set. */
export interface Scores {
  /** Its name. */
  readonly model: string;
  /** On the classes that it knows. */
  readonly score: ModelScore;
  /** On those that all models know, with the same truth for all. */
  readonly common: ModelScore;
}

/** A class, or several that models take for one. */
export interface ClassRow {
  /** The data set's classes, and the models' label where it is another. */
  readonly name: string;
  /** The label, of the first model that knows it. */
  readonly label: string;
  /** Objects that are there. */
  readonly objects: number;
  /** Images that they are in. */
  readonly images: number;
  /** Whether all models know it. */
  readonly isCommon: boolean;
  /** By model: its precision; `unknown` of a class that it does not know, absent where it counts it with another. */
  readonly found: readonly (LabelScore | "unknown" | undefined)[];
}

/** What marks a class that all know, where they do not know the same ones. */
export const COMMON_MARK = " *";

/** A row for each class that has objects, in the order in which the data set names them. */
export function classRows(
  classes: readonly string[],
  results: readonly Scores[],
): readonly ClassRow[] {
  const rows = new Map<string, ClassRow>();
  for (const label of results[0]!.common.labels) {
    const found = results.map(({ common }) => sameOf(common.labels, label.classes));
    rows.set(label.classes.join(), rowOf(label, found, true));
  }
  const common = new Set([...rows.values()].flatMap(({ found }) => classesOf(found)));
  for (const label of results.flatMap(({ score }) => score.labels)) {
    const key = label.classes.join();
    if (rows.has(key) || label.classes.every((name) => common.has(name))) continue;
    const found = results.map(({ score: { labels, unknown } }) =>
      sameOf(labels, label.classes) ?? (isUnknown(label.classes, unknown) ? "unknown" : undefined)
    );
    rows.set(key, rowOf(label, found, false));
  }
  for (const { name, objects, images } of results[0]!.score.unknown) {
    if (!results.every(({ score }) => isUnknown([name], score.unknown))) continue;
    const found = results.map(() => "unknown" as const);
    rows.set(name, { name, label: name, objects, images, isCommon: false, found });
  }
  const placeOf = ({ found, name }: ClassRow) => classes.indexOf(classesOf(found)[0] ?? name);
  return [...rows.values()].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The columns of models, in their order. */
export function modelColumns(results: readonly Scores[]): Column[] {
  return results.map(({ model }) => [model, "right"]);
}

/** AP50 of a row, by model. */
export function ap50Cells({ found }: ClassRow): string[] {
  return found.map((one) => one === "unknown" ? "not known" : points(one?.ap50));
}

function sameOf(labels: readonly LabelScore[], classes: readonly string[]) {
  return labels.find((label) => label.classes.join() === classes.join());
}

function isUnknown(classes: readonly string[], unknown: readonly ClassCount[]): boolean {
  return classes.every((wanted) => unknown.some(({ name }) => name === wanted));
}

function classesOf(found: ClassRow["found"]): readonly string[] {
  return found.flatMap((one) => typeof one === "object" ? one.classes : []);
}

function rowOf(
  { label, classes, objects, images }: LabelScore,
  found: ClassRow["found"],
  isCommon: boolean,
): ClassRow {
  const names = classes.join(" + ");
  const name = names === label ? names : `${names} → ${label}`;
  return { name, label, objects, images, isCommon, found };
}
