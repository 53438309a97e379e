/** What one model finds in a data set, held against its labels. */

import { type Detection, scaleBox } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import { classPrecision, mean, type MeanPrecision, meanPrecision } from "./average_precision.ts";
import { labelsOfClasses } from "./class_names.ts";
import type { ScoredBox, TrueBox } from "./judge.ts";
import type { LabelledImage } from "./labelled_image.ts";

/** One label of the model that the data set has objects for. */
export interface LabelScore {
  /** In the model's words. */
  readonly label: string;
  /** The data set's classes that are this label. */
  readonly classes: readonly string[];
  /** Objects that are there. */
  readonly objects: number;
  /** Average precision at an overlap of at least 0.50, 0 to 1. */
  readonly ap50: number;
  /** Mean of the average precision at the overlaps 0.50 to 0.95, 0 to 1. */
  readonly ap: number;
}

/** How well a model does on a data set. */
export interface ModelScore extends MeanPrecision {
  /** By label, in the order of the data set's classes. */
  readonly labels: readonly LabelScore[];
  /** Classes that the model does not know: what it finds in their objects counts neither way. */
  readonly unknown: readonly { readonly name: string; readonly objects: number }[];
}

/** A picture with what is in it and what was found, by category. */
export interface ScoredPicture extends Size {
  /** Its name in the data set. */
  readonly name: string;
  /** By category: what is there. */
  readonly truth: readonly (readonly TrueBox[])[];
  /** By category: what the model found. */
  readonly detections: readonly (readonly ScoredBox[])[];
}

/** A label that the data set has classes for. */
export interface Category {
  /** In the model's words. */
  readonly label: string;
  /** The data set's classes that are this label. */
  readonly classes: readonly string[];
}

/** Collects the findings of one model, picture by picture. */
export class Scorer {
  /** The model's labels that the data set has classes for. */
  readonly categories: readonly Category[];
  /** What was added. */
  readonly pictures: ScoredPicture[] = [];
  /** The place among the categories of each class, and of each label. */
  readonly #ofClass: readonly (number | undefined)[];
  readonly #ofLabel: ReadonlyMap<number, number>;
  readonly #unknown = new Map<string, number>();

  /**
   * Begins without a picture.
   *
   * @param model its name, for errors.
   * @param labels the model's.
   * @param classes the data set's.
   * @throws {SmarteyeError} `invalid_argument` when no class is one of the labels.
   */
  constructor(
    model: string,
    labels: readonly string[],
    private readonly classes: readonly string[],
  ) {
    const categories: { label: string; classes: string[] }[] = [];
    const ofLabel = new Map<number, number>();
    this.#ofClass = labelsOfClasses(classes, labels).map((label, classId) => {
      if (label === undefined) return undefined;
      const place = ofLabel.get(label) ??
        categories.push({ label: labels[label]!, classes: [] }) - 1;
      ofLabel.set(label, place);
      categories[place]!.classes.push(classes[classId]!);
      return place;
    });
    this.#ofLabel = ofLabel;
    this.categories = categories;
    if (categories.length === 0) {
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot evaluate the model "${model}": it knows none of the data set's classes ` +
          `${classes.join(", ")}; its labels are ${labels.slice(0, 10).join(", ")}` +
          `${labels.length > 10 ? " …" : ""}, at least one class in common is wanted`,
      );
    }
  }

  /** Adds a picture. @param detections in pixels of `size`. */
  add(image: LabelledImage, size: Size, detections: readonly Detection[]): void {
    const found = this.categories.map((): ScoredBox[] => []);
    for (const { class_id, box, score } of detections) {
      const place = this.#ofLabel.get(class_id);
      if (place !== undefined) found[place]!.push({ box, score });
    }
    const { name, unit, objects } = image;
    const truth = this.categories.map((): TrueBox[] => []);
    for (const { classId, box, ignored } of objects) {
      const place = this.#ofClass[classId];
      const inPicture = scaleBox(box, unit, size);
      if (place !== undefined) {
        truth[place]!.push({ box: inPicture, ignored });
        continue;
      }
      const name = this.classes[classId]!;
      this.#unknown.set(name, (this.#unknown.get(name) ?? 0) + 1);
      for (const ofCategory of truth) ofCategory.push({ box: inPicture, ignored: true });
    }
    const { width, height } = size;
    this.pictures.push({ name, width, height, truth, detections: found });
  }

  /** How well the model does on what was added. */
  score(): ModelScore {
    const precisions = this.categories.map((_, place) =>
      classPrecision(this.pictures.map(({ truth, detections }) => ({
        truth: truth[place]!,
        detections: detections[place]!,
      })))
    );
    const labels = precisions.flatMap(({ objects, byThreshold }, place): LabelScore[] => {
      if (objects === 0) return [];
      const { label, classes } = this.categories[place]!;
      return [{ label, classes, objects, ap50: byThreshold[0]!, ap: mean(byThreshold)! }];
    });
    const unknown = Array.from(this.#unknown, ([name, objects]) => ({ name, objects }));
    return { ...meanPrecision(precisions), labels, unknown };
  }
}
