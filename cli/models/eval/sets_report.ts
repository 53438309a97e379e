/** How detectors did on several data sets, for people and for programs. */

import { mean, type MeanPrecision } from "../../../lab/evaluation/average_precision.ts";
import type { LabelScore } from "../../../lab/evaluation/scorer.ts";
import { table } from "../../table.ts";
import { ap50Cells, classRows, COMMON_MARK, modelColumns } from "./class_rows.ts";
import {
  detectorsJson,
  headText,
  meansJson,
  notes,
  type SetEvaluation,
} from "./detectors_report.ts";
import { counted, points, rounded } from "./report.ts";

/** What all models know, over data sets. */
interface Overall {
  /** Data sets that have an object of a class that all know. */
  readonly sets: readonly SetEvaluation[];
  /** By model: the mean of the data sets' means, each counting the same. */
  readonly ofSets: readonly MeanPrecision[];
  /** By model: the mean over every class of every data set, each counting the same. */
  readonly ofClasses: readonly MeanPrecision[];
  /** How many classes those are. */
  readonly classes: number;
  /** By label: the mean over the data sets that have it. */
  readonly labels: readonly LabelOverall[];
}

interface LabelOverall {
  readonly label: string;
  readonly sets: number;
  readonly objects: number;
  readonly images: number;
  readonly found: readonly MeanPrecision[];
}

function overall(all: readonly SetEvaluation[]): Overall {
  const sets = all.filter(({ results }) => results[0]!.common.labels.length > 0);
  const models = all[0]!.results.map((_, model) =>
    sets.map(({ results }) => results[model]!.common)
  );
  const rows = sets.flatMap(({ classes, results }) => classRows(classes, results))
    .filter(({ isCommon }) => isCommon);
  const byLabel = Map.groupBy(rows, ({ label }) => label);
  return {
    sets,
    ofSets: models.map((scores) => meanOf(scores)),
    ofClasses: models.map((scores) => meanOfLabels(scores.flatMap(({ labels }) => labels))),
    classes: rows.length,
    labels: Array.from(byLabel, ([label, rows]) => ({
      label,
      sets: rows.length,
      objects: rows.reduce((sum, { objects }) => sum + objects, 0),
      images: rows.reduce((sum, { images }) => sum + images, 0),
      found: models.map((_, model) =>
        meanOfLabels(rows.map(({ found }) => found[model] as LabelScore))
      ),
    })),
  };
}

function meanOfLabels(labels: readonly LabelScore[]): MeanPrecision {
  return meanOf(labels.map(({ ap, ap50 }) => ({ map: ap, map50: ap50 })));
}

function meanOf(means: readonly MeanPrecision[]): MeanPrecision {
  return {
    map: mean(means.map(({ map }) => map!)),
    map50: mean(means.map(({ map50 }) => map50!)),
  };
}

/** One object that holds all of it: each data set as it is by itself, and the means over them. */
export function setsJson(all: readonly SetEvaluation[]): unknown {
  const { sets, ofSets, ofClasses, classes, labels } = overall(all);
  return {
    sets: all.map((one) => ({ name: one.name, ...detectorsJson(one) })),
    common: {
      sets: sets.length,
      classes_and_sets: classes,
      models: all[0]!.results.map(({ model }, i) => ({
        model,
        mean_of_sets: meansJson(ofSets[i]!),
        mean_of_classes_and_sets: meansJson(ofClasses[i]!),
        labels: labels.map(({ label, sets, objects, images, found }) => ({
          label,
          sets,
          objects,
          images,
          ap50_95: rounded(found[i]!.map),
          ap50: rounded(found[i]!.map50),
        })),
      })),
    },
  };
}

/** Each data set's means, then precision by class and data set, then the means over all. */
export function setsText(all: readonly SetEvaluation[]): string {
  const found = overall(all);
  return [
    ...all.flatMap((one) => [`${one.name}: ${headText(one)}`, ...notes(one), ""]),
    "AP50 by class and data set",
    classTable(all, found),
    "",
    "mAP50-95 / mAP50 of the classes that all models know, and their means",
    meanTable(all, found),
  ].join("\n");
}

function classTable(all: readonly SetEvaluation[], { labels }: Overall): string {
  const rows = all.flatMap(({ name: set, classes, results, isCommon }) =>
    classRows(classes, results).map((row) => ({ set, isMarked: row.isCommon && !isCommon, ...row }))
  );
  return table(
    [
      ["class", "left"],
      ["data set", "left"],
      ["objects", "right"],
      ["images", "right"],
      ...modelColumns(all[0]!.results),
    ],
    Array.from(Map.groupBy(rows, ({ label }) => label), ([label, ofLabel]) => {
      const mean = labels.find((one) => one.label === label && one.sets > 1);
      return [
        ...ofLabel.map((row) => [
          row.name + (row.isMarked ? COMMON_MARK : ""),
          row.set,
          row.objects,
          row.images,
          ...ap50Cells(row),
        ]),
        ...(mean
          ? [[
            label,
            `mean of ${mean.sets}`,
            mean.objects,
            mean.images,
            ...mean.found.map(({ map50 }) => points(map50)),
          ]]
          : []),
      ];
    }).flat(),
  );
}

function meanTable(all: readonly SetEvaluation[], found: Overall): string {
  const { sets, ofSets, ofClasses, classes, labels } = found;
  const cells = (means: readonly MeanPrecision[]) =>
    means.map(({ map, map50 }) => `${points(map)} / ${points(map50)}`);
  const objects = labels.reduce((sum, { objects }) => sum + objects, 0);
  const images = sets.reduce((sum, { results }) => sum + results[0]!.common.images, 0);
  return table(
    [
      ["data set", "left"],
      ["classes", "right"],
      ["objects", "right"],
      ["images", "right"],
      ...modelColumns(all[0]!.results),
    ],
    [
      ...all.map(({ name, results }) => {
        const { labels, objects, images } = results[0]!.common;
        return [
          name,
          labels.length,
          objects,
          images,
          ...cells(results.map(({ common }) => common)),
        ];
      }),
      [`mean of ${counted(sets.length, "data set")}`, "", objects, images, ...cells(ofSets)],
      [`mean of classes and sets`, classes, objects, images, ...cells(ofClasses)],
    ],
  );
}
