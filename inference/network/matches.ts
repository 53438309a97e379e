/** Which family a network is of: those whose shapes fit, and of them those that can be right. */

import type { Service } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import type { DecoderName } from "../../models/manifest.ts";
import { FAMILIES } from "../decode/families.ts";
import type { Family, Hints, Layout } from "../decode/family.ts";
import type { Probed, Said } from "./recognise.ts";
import { oddityOf } from "./sanity.ts";
import { serviceOf } from "./tasks.ts";

/** A layout that outputs fit. */
export interface Match {
  /** Its family. */
  readonly family: Family;
  /** How outputs lie. */
  readonly layout: Layout;
  /** How many classes they have, where they tell. */
  readonly classes: number | "untold";
  /** Other families that fit as well, each with why not that one. */
  readonly others: readonly string[];
  /** What it shows that cannot be right, where the user says the family all the same. */
  readonly odd?: string | undefined;
}

/** One by itself, with why it cannot be right, where that is known. */
type Judged = Omit<Match, "others">;

/**
 * The layout that fits: the user's, else the first whose objects can be objects on the pictures that
 * were tried.
 *
 * @throws {SmarteyeError} `failed_precondition` when none fits, when none that fits can be right, or
 * when the file says that it is for something else.
 */
export function matchOf(probed: Probed, said: Said): Match {
  const { outputs, size, word, more = [] } = probed;
  const names = said.labels?.length ?? (word.names.length > 0 ? word.names.length : undefined);
  const decoder = said.decoder;
  const fitting = matchesOf(outputs, size, { names, forced: decoder !== undefined }, decoder);
  const oddityIn = ({ family, classes }: Judged) =>
    oddityOf(family, [outputs, ...more], size, { classes, names });
  const agrees = ({ classes }: Judged) =>
    names === undefined || classes === "untold" || classes === names;
  if (fitting.length === 0) {
    const inShape = decoder === undefined
      ? matchesOf(outputs, size, { names, forced: true }, decoder).filter(agrees)
      : [];
    const near = inShape.map((match) => ({ ...match, odd: oddityIn(match) }));
    throw unknownFamily(outputs, decoder, near);
  }
  if (decoder !== undefined) {
    return { ...fitting[0]!, others: [], odd: oddityIn(fitting[0]!) };
  }
  const service = serviceOf(word.task);
  const meant = fitting.filter(({ family }) => service === undefined || family.service === service);
  if (meant.length === 0) throw otherTask(word.task!, service!, fitting[0]!, outputs);
  const judged = meant.map((match) => (
    { ...match, odd: oddityIn(match), agrees: agrees(match) }
  ));
  const able = judged.filter(({ odd }) => odd === undefined);
  const [first] = judged;
  if (able.length === 0) throw impossible(first!);
  const best = able.find(({ family }) => family.name === word.head) ??
    able.find(({ agrees }) => agrees) ?? able[0]!;
  const others = judged.filter(({ family, agrees }) => family !== best.family && agrees)
    .map(({ family, odd }) => `family ${family.name}${odd ? `, but for ${odd}` : " (--family)"}`);
  return { family: best.family, layout: best.layout, classes: best.classes, others };
}

/** The first layout that fits of each family. */
function matchesOf(
  outputs: readonly OutputTensor[],
  size: Probed["size"],
  hints: Hints,
  decoder: DecoderName | undefined,
): Judged[] {
  return FAMILIES.filter(({ name }) => decoder === undefined || name === decoder)
    .flatMap((family): Judged[] => {
      for (const layout of family.layouts) {
        const classes = layout.classesOf(outputs, size, hints);
        if (classes !== undefined) return [{ family, layout, classes }];
      }
      return [];
    });
}

function shapesOf(outputs: readonly OutputTensor[]): string {
  return outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", ") || "none";
}

/** Families that are told of when none fits, at most. */
const NEAR_MAX = 3;

/** @param near those that only the shapes are of, each with what it would show. */
function unknownFamily(
  outputs: readonly OutputTensor[],
  decoder: DecoderName | undefined,
  near: readonly Judged[],
): SmarteyeError {
  const all = decoder ?? `one of ${FAMILIES.map(({ name }) => name).join(", ")}`;
  const shapes = near.slice(0, NEAR_MAX)
    .map(({ family, odd }) => `${family.name}'s${odd ? `, but would show ${odd}` : ""}`);
  return new SmarteyeError(
    "failed_precondition",
    `its outputs are ${shapesOf(outputs)}, ` +
      (shapes.length > 0
        ? `which only by their shapes may be ${
          shapes.join("; or ")
        }: the right family (--family) ` +
          `or a manifest by hand is wanted`
        : `those of ${all} are wanted (a manifest can be written by hand)`),
  );
}

function otherTask(
  task: string,
  service: Service,
  { family }: Judged,
  outputs: readonly OutputTensor[],
): SmarteyeError {
  return new SmarteyeError(
    "failed_precondition",
    `its file says that its task is "${task}", its outputs ${shapesOf(outputs)} are those of ` +
      `${family.name}, not of ${service}: the right family is wanted (--family)`,
  );
}

function impossible({ family, layout, odd }: Judged) {
  return new SmarteyeError(
    "failed_precondition",
    `its outputs have the shape of ${family.name} (${layout.about}), but as such they show ${odd}: ` +
      `another family (--family) or a manifest by hand is wanted`,
  );
}
