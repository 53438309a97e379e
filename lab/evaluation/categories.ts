/** What is counted as one class when models are held against a data set, whatever each calls it. */

import { SmarteyeError } from "../../core/errors.ts";
import { labelsOfClasses } from "./class_names.ts";

/** What is counted as one class. */
export interface Category {
  /** In a model's words. */
  readonly label: string;
  /** The data set's classes that are this label. */
  readonly classes: readonly string[];
}

/** Which classes of a data set, and which labels of one model, belong to which category. */
export interface Categories {
  /** The categories. */
  readonly list: readonly Category[];
  /** By class of the data set: its category's place, `undefined` where it has none. */
  readonly ofClass: readonly (number | undefined)[];
  /** By label of the model: its category's place. */
  readonly ofLabel: ReadonlyMap<number, number>;
}

/** Who is held against a data set. */
export interface Knower {
  /** Its name, for errors. */
  readonly name: string;
  /** Its labels. */
  readonly labels: readonly string[];
}

/**
 * A category for each label of a model that is a class of the data set.
 *
 * @throws {SmarteyeError} `invalid_argument` when no class is one of the labels.
 */
export function ownCategories({ name, labels }: Knower, classes: readonly string[]): Categories {
  const [own] = commonCategories([{ name, labels }], classes);
  if (own!.list.length > 0) return own!;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot evaluate the model "${name}": it knows none of the data set's classes ` +
      `${classes.join(", ")}; its labels are ${labels.slice(0, 10).join(", ")}` +
      `${labels.length > 10 ? " …" : ""}, at least one class in common is wanted`,
  );
}

/**
 * The same categories for several models, of the classes that all of them know: classes that one of
 * them takes for one label are one category for all. In the order of the classes; a category is
 * called as the first model calls it.
 *
 * @returns for each model, with `list` and `ofClass` the same for all.
 */
export function commonCategories(
  models: readonly Knower[],
  classes: readonly string[],
): Categories[] {
  const labelOf = models.map(({ labels }) => labelsOfClasses(classes, labels));
  const groups: number[][] = [];
  for (const classId of classes.keys()) {
    if (labelOf.some((labels) => labels[classId] === undefined)) continue;
    const isSame = (other: number) => labelOf.some((labels) => labels[other] === labels[classId]);
    const joined = groups.filter((group) => group.some(isSame));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), classId].sort((a, b) => a - b));
  }
  groups.sort((a, b) => a[0]! - b[0]!);
  const list = groups.map((group): Category => ({
    label: models[0]!.labels[labelOf[0]![group[0]!]!]!,
    classes: group.map((classId) => classes[classId]!),
  }));
  const ofClass = classes.map((_, classId) => {
    const place = groups.findIndex((group) => group.includes(classId));
    return place < 0 ? undefined : place;
  });
  return labelOf.map((labels) => ({
    list,
    ofClass,
    ofLabel: new Map(
      groups.flatMap((group, place) => group.map((classId) => [labels[classId]!, place] as const)),
    ),
  }));
}
