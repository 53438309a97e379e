/** What one model finds in a data set, held against its labels. */

import { type Detection, scaleBox } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { classPrecision, mean, type MeanPrecision, meanPrecision } from "./average_precision.ts";
import type { Categories, Category } from "./categories.ts";
import type { ScoredBox, TrueBox } from "./judge.ts";
import type { LabelledImage } from "./labelled_image.ts";

/** How much stands behind a number. */
export interface Basis {
  /** Objects that are there. */
  readonly objects: number;
  /** Pictures that such an object is in. */
  readonly images: number;
}

/** One label of the model that the data set has objects for. */
export interface LabelScore extends Category, Basis {
  /** Average precision at an overlap of at least 0.50, 0 to 1. */
  readonly ap50: number;
  /** Mean of the average precision at the overlaps 0.50 to 0.95, 0 to 1. */
  readonly ap: number;
}

/** A class of the data set, and how often it is there. */
export interface ClassCount extends Basis {
  /** Its name. */
  readonly name: string;
}

/** How well a model does on a data set. */
export interface ModelScore extends MeanPrecision, Basis {
  /** By label, in the order of the data set's classes. */
  readonly labels: readonly LabelScore[];
  /** Classes without a category: what the model finds in their objects counts neither way. */
  readonly unknown: readonly ClassCount[];
  /** Classes without an object: they enter no mean. */
  readonly absent: readonly string[];
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

/** Collects the findings of one model, picture by picture. */
export class Scorer {
  /** What was added. */
  readonly pictures: ScoredPicture[] = [];
  /** By class: how many objects there are, and the pictures that they are in. */
  readonly #counts: { objects: number; readonly images: Set<number> }[];

  /**
   * Begins without a picture.
   *
   * @param categories of the model's labels and of the classes.
   * @param classes the data set's.
   */
  constructor(readonly categories: Categories, readonly classes: readonly string[]) {
    this.#counts = classes.map(() => ({ objects: 0, images: new Set() }));
  }

  /** Adds a picture. @param detections in pixels of `size`. */
  add(image: LabelledImage, size: Size, detections: readonly Detection[]): void {
    const { list, ofClass, ofLabel } = this.categories;
    const found = list.map((): ScoredBox[] => []);
    for (const { class_id, box, score } of detections) {
      const place = ofLabel.get(class_id);
      if (place !== undefined) found[place]!.push({ box, score });
    }
    const { name, unit, objects } = image;
    const truth = list.map((): TrueBox[] => []);
    for (const { classId, box, ignored } of objects) {
      const place = ofClass[classId];
      const inPicture = scaleBox(box, unit, size);
      if (!ignored) {
        this.#counts[classId]!.objects++;
        this.#counts[classId]!.images.add(this.pictures.length);
      }
      if (place !== undefined) truth[place]!.push({ box: inPicture, ignored });
      else for (const ofCategory of truth) ofCategory.push({ box: inPicture, ignored: true });
    }
    const { width, height } = size;
    this.pictures.push({ name, width, height, truth, detections: found });
  }

  /** How well the model does on what was added. */
  score(): ModelScore {
    const { list, ofClass } = this.categories;
    const precisions = list.map((_, place) =>
      classPrecision(this.pictures.map(({ truth, detections }) => ({
        truth: truth[place]!,
        detections: detections[place]!,
      })))
    );
    const labels = precisions.flatMap(({ objects, byThreshold }, place): LabelScore[] => {
      if (objects === 0) return [];
      const { images } = this.#basis((classId) => ofClass[classId] === place);
      return [{ ...list[place]!, objects, images, ap50: byThreshold[0]!, ap: mean(byThreshold)! }];
    });
    const counts = this.classes.map((name, classId): ClassCount & { readonly known: boolean } => ({
      name,
      known: ofClass[classId] !== undefined,
      ...this.#basis((other) => other === classId),
    }));
    return {
      ...meanPrecision(precisions),
      ...this.#basis((classId) => ofClass[classId] !== undefined),
      labels,
      unknown: counts.filter(({ known, objects }) => !known && objects > 0)
        .map(({ name, objects, images }) => ({ name, objects, images })),
      absent: counts.filter(({ objects }) => objects === 0).map(({ name }) => name),
    };
  }

  /** Objects of some classes, and the pictures that one of them is in. */
  #basis(isMeant: (classId: number) => boolean): Basis {
    const meant = this.#counts.filter((_, classId) => isMeant(classId));
    return {
      objects: meant.reduce((sum, { objects }) => sum + objects, 0),
      images: new Set(meant.flatMap(({ images }) => [...images])).size,
    };
  }
}
