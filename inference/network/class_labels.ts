/** What the classes of a network are called that has no manifest. */

import type { Service } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { Layout } from "../decode/family.ts";

/** Sets of labels that come with the program, by the number of classes. */
const LABEL_SETS: Readonly<Record<number, string>> = { 80: "coco80", 91: "coco91" };

/** A network whose classes are to be named. */
export interface Unlabelled {
  /** What it answers. */
  readonly service: Service;
  /** How its outputs lie. */
  readonly layout: Layout;
  /** How many classes its outputs have, where they tell. */
  readonly classes: number | "untold";
}

/** Labels, and why these. */
export interface ChosenLabels {
  /** As a manifest gives them. */
  readonly labels: string | readonly string[];
  /** Where they come from, for people. */
  readonly from: string;
}

/**
 * The labels of a network: those that the user says, else those that its exporter noted in the file,
 * else its family's, else those of a set of as many.
 *
 * @param said names of the classes, in their order, where the user says them.
 * @param noted names that the file itself says; none where it does not.
 * @throws {SmarteyeError} `failed_precondition` when there are not as many as classes, or a
 * classifier's classes have no names.
 */
export function labelsFor(
  { service, layout: { labels, labelSet = "coco80" }, classes }: Unlabelled,
  said: readonly string[] | undefined,
  noted: readonly string[],
): ChosenLabels {
  const check = (names: readonly string[], where: string, remedy: string) => {
    if (classes === "untold" || names.length === classes) {
      return { labels: names, from: `${names.length} ${where}` };
    }
    throw new SmarteyeError(
      "failed_precondition",
      `it has ${classes} classes, there are ${names.length} labels ${where}; ${remedy}`,
    );
  };
  if (said) return check(said, "as given", `${classes} are wanted`);
  if (noted.length > 0) {
    const remedy = "the two contradict each other: the right family (--family) or labels " +
      "(--labels FILE) are wanted";
    return check(noted, "as noted in the file", remedy);
  }
  if (labels && (classes === "untold" || labels.length === classes)) {
    return {
      labels,
      from: labels.length > 5 ? `${labels.length} of its family` : labels.join(", "),
    };
  }
  if (classes === "untold") {
    return { labels: labelSet, from: `${labelSet}, because nothing tells the classes` };
  }
  if (service === "classification" && classes === 1000) {
    return { labels: "imagenet1k", from: "imagenet1k, because there are 1000 classes" };
  }
  const set = LABEL_SETS[classes];
  if (service === "detection" && set !== undefined) {
    return { labels: set, from: `${set}, because there are ${classes} classes` };
  }
  if (service === "classification") {
    throw new SmarteyeError(
      "failed_precondition",
      `its output is a vector of ${classes} values, which may be a classifier's or an embedding: ` +
        `a classifier's labels are wanted (--labels FILE), embeddings cannot be used`,
    );
  }
  const numbered = Array.from({ length: classes }, (_, i) => `class ${i}`);
  return { labels: numbered, from: `numbered, because nothing names the ${classes} classes` };
}
