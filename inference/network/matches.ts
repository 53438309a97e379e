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
  if (fitting.length === 0) throw unknownFamily(outputs, decoder);
  const oddityIn = ({ family, classes }: Omit<Match, "others">) =>
    oddityOf(family, [outputs, ...more], size, { classes, names });
  if (decoder !== undefined) {
    return { ...fitting[0]!, others: [], odd: oddityIn(fitting[0]!) };
  }
  const service = serviceOf(word.task);
  const meant = fitting.filter(({ family }) => service === undefined || family.service === service);
  if (meant.length === 0) throw otherTask(word.task!, service!, fitting[0]!, outputs);
  const judged = meant.map((match) => {
    const { classes } = match;
    return {
      ...match,
      odd: oddityIn(match),
      agrees: names === undefined || classes === "untold" || classes === names,
    };
  });
  const able = judged.filter(({ odd }) => odd === undefined);
  const [first] = judged;
  if (able.length === 0) throw impossible(first!);
  const best = able.find(({ family }) => family.name === word.head) ??
    able.find(({ agrees }) => agrees) ?? able[0]!;
  const others = judged.filter(({ family }) => family !== best.family)
    .map(({ family, odd }) => `family ${family.name}${odd ? `, but for ${odd}` : " (--family)"}`);
  return { family: best.family, layout: best.layout, classes: best.classes, others };
}

/** The first layout that fits of each family. */
function matchesOf(
  outputs: readonly OutputTensor[],
  size: Probed["size"],
  hints: Hints,
  decoder: DecoderName | undefined,
): Omit<Match, "others">[] {
  return FAMILIES.filter(({ name }) => decoder === undefined || name === decoder)
    .flatMap((family): Omit<Match, "others">[] => {
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

function unknownFamily(
  outputs: readonly OutputTensor[],
  decoder: DecoderName | undefined,
): SmarteyeError {
  const wanted = decoder ?? `one of ${FAMILIES.map(({ name }) => name).join(", ")}`;
  return new SmarteyeError(
    "failed_precondition",
    `its outputs are ${shapesOf(outputs)}, those of ${wanted} are wanted ` +
      `(a manifest can be written by hand)`,
  );
}

function otherTask(
  task: string,
  service: Service,
  { family }: Omit<Match, "others">,
  outputs: readonly OutputTensor[],
): SmarteyeError {
  return new SmarteyeError(
    "failed_precondition",
    `its file says that its task is "${task}", its outputs ${shapesOf(outputs)} are those of ` +
      `${family.name}, not of ${service}: the right family is wanted (--family)`,
  );
}

function impossible({ family, layout, odd }: Omit<Match, "others"> & { odd: string | undefined }) {
  return new SmarteyeError(
    "failed_precondition",
    `its outputs have the shape of ${family.name} (${layout.about}), but as such they show ${odd}: ` +
      `another family (--family) or a manifest by hand is wanted`,
  );
}
