/** Whether what a family reads from outputs can be objects: what no detector can mean is told. */

import type { Size } from "../../core/frame.ts";
import type { Candidate, OutputTensor } from "../decode/decoder.ts";
import type { Family } from "../decode/family.ts";

/** Candidates that are looked at: the surest of each picture. */
const LOOKED_AT = 20;

/** Least score of those: what is less is noise, whatever the family. */
const SCORE_MIN = 0.1;

/** Rounding of half floats, and of int8. */
const SCORE_SLACK = 0.02;

/** Pixels that a box may be small: all of them that small are shares of the input. */
const SMALL_PX = 2;

/** Share of the candidates that must be odd: a network that sees nothing sure may see an odd one. */
const MOST = 0.5;

/** Classes that are read of outputs that tell no number. */
const CLASSES_MAX = 1000;

/** What is known of a network's classes. */
export interface Known {
  /** How many its outputs have, where they tell. */
  readonly classes: number | "untold";
  /** How many have names, where any has. */
  readonly names: number | undefined;
}

/**
 * Why what a family makes of outputs cannot be right; nothing where it can.
 *
 * @param runs the outputs of each picture that was tried.
 * @param known of its classes.
 */
export function oddityOf(
  family: Family,
  runs: readonly (readonly OutputTensor[])[],
  input: Size,
  { classes, names }: Known,
): string | undefined {
  if (family.service === "classification") return undefined;
  const read = classes === "untold" ? CLASSES_MAX : classes;
  const context = { input, classes: read, scoreThreshold: SCORE_MIN };
  const candidates = runs.flatMap((outputs) =>
    family.decode(outputs, context).sort((a, b) => b.score - a.score).slice(0, LOOKED_AT)
  );
  if (candidates.length === 0) return undefined;
  const highest = Math.max(...candidates.map(({ score }) => score));
  if (highest > 1 + SCORE_SLACK) {
    return `scores up to ${highest.toPrecision(3)}, 0 to 1 is wanted`;
  }
  const last = Math.max(...candidates.map(({ classId }) => classId));
  if (classes === "untold" && names !== undefined && last >= names) {
    return `class ${last} where ${names} are named`;
  }
  return boxOddity(candidates, input);
}

function boxOddity(candidates: readonly Candidate[], { width, height }: Size): string | undefined {
  const mostAre = (isOdd: (box: Candidate["box"]) => boolean, what: string) => {
    const odd = candidates.filter(({ box }) => isOdd(box));
    if (odd.length <= MOST * candidates.length) return undefined;
    const shown = odd[0]!.box.map((side) => Number(side.toPrecision(3))).join(", ");
    return `${what} (such as ${shown} in ${width}×${height} pixels)`;
  };
  const isTurned = ([x1, y1, x2, y2]: Candidate["box"]) => x2 < x1 || y2 < y1;
  const isSmall = (box: Candidate["box"]) => box.every((side) => Math.abs(side) <= SMALL_PX);
  const isOutside = ([x1, y1, x2, y2]: Candidate["box"]) => {
    const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
    return cx < -width / 4 || cx > 1.25 * width || cy < -height / 4 || cy > 1.25 * height ||
      x2 - x1 > 4 * width || y2 - y1 > 4 * height;
  };
  return mostAre(isTurned, "boxes whose right or lower side is before the other") ??
    mostAre(isSmall, `boxes within ${SMALL_PX} pixels, as if they were shares of the picture`) ??
    mostAre(isOutside, "boxes outside the picture");
}
