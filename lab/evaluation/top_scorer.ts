/** How often a classifier is right. */

import type { Classification } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { labelsOfClasses } from "./class_names.ts";

/** How often the surest answers of a classifier hold the right one (Russakovsky et al., 2015). */
export interface TopScore {
  /** Share of the images whose surest class is right, 0 to 1. */
  readonly top1: number;
  /** Share of the images whose class is among the five surest. */
  readonly top5: number;
  /** Images that were counted. */
  readonly images: number;
  /** Classes that the model does not know, with their images, which were not counted. */
  readonly unknown: readonly { readonly name: string; readonly images: number }[];
}

/** Collects the answers of one model, image by image. */
export class TopScorer {
  readonly #labelOf: readonly (number | undefined)[];
  readonly #unknown = new Map<string, number>();
  #first = 0;
  #amongFive = 0;
  #images = 0;

  /**
   * Begins without an image. Classes are labels by their names ({@link labelsOfClasses}); where all
   * are WordNet's numbers (`n01440764`), as many as the labels, they are the labels in that order.
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
    const isNumbered = classes.length === labels.length &&
      classes.every((name) => /^n\d{8}$/.test(name));
    this.#labelOf = isNumbered ? labels.map((_, i) => i) : labelsOfClasses(classes, labels);
    if (this.#labelOf.every((label) => label === undefined)) {
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot evaluate the model "${model}": it knows none of the data set's classes ` +
          `${classes.slice(0, 10).join(", ")}${classes.length > 10 ? " …" : ""}, ` +
          `folders named as its labels are wanted`,
      );
    }
  }

  /** Adds an image of a class. @param answers the surest first. */
  add(classId: number, answers: readonly Classification[]): void {
    const label = this.#labelOf[classId];
    if (label === undefined) {
      const name = this.classes[classId]!;
      this.#unknown.set(name, (this.#unknown.get(name) ?? 0) + 1);
      return;
    }
    const place = answers.findIndex(({ class_id }) => class_id === label);
    this.#images++;
    if (place === 0) this.#first++;
    if (place >= 0 && place < 5) this.#amongFive++;
  }

  /** How often the model was right; 0 of no image. */
  score(): TopScore {
    const of = Math.max(1, this.#images);
    return {
      top1: this.#first / of,
      top5: this.#amongFive / of,
      images: this.#images,
      unknown: Array.from(this.#unknown, ([name, images]) => ({ name, images })),
    };
  }
}
