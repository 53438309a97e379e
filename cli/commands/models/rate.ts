/** `smarteye models rate`: how good a model is, as its user says or as it does on labelled images. */

import type { Command } from "commander";
import { parseRating, type Rating, RATING_FORM } from "../../../models/accuracy.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import type { Configured } from "../../config/configure.ts";
import type { Surroundings } from "../../config/surroundings.ts";
import { plain, readBy } from "../../config/kinds.ts";
import type { EvalOptions } from "../../models/eval/options.ts";
import { evalOptions } from "./eval.ts";
import { resolveModels } from "../../config/resolve.ts";

/** How good a model is. */
export const ACCURACY: OwnFlag<Rating> = {
  term: "--accuracy <metric=value>",
  kind: readBy(parseRating, RATING_FORM),
  about: `how good it is, for policies to rank it by: ${RATING_FORM}`,
};

/** Labelled images that tell it. */
export const EVAL: OwnFlag<string> = {
  term: "--eval <path>",
  kind: plain("labelled images as models eval takes them"),
  about: "rate it by these labelled images, as models eval takes them; policies rank by it where " +
    "they are COCO's or ImageNet's, with all classes",
};

/** The `models rate` command. */
export function modelsRateCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "rate",
    about: "say how good a model is: policies rank by it, and a model without it last",
    arguments: "<name>",
    flags: [ACCURACY, EVAL],
    examples: [
      ["smarteye models rate mine --accuracy coco_map_50_95=37.3", "among other detectors"],
      ["smarteye models rate mine --eval instances_val2017.json", "the same, measured here"],
    ],
    resolve: (configured, around, [name]) => ({
      directory: resolveModels(configured, around).directory,
      name: name!,
      rating: resolveRating(configured, around, [name!]) ?? wanted(configured),
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../../models/rate.ts"),
  });
}

/** What `--accuracy` or `--eval` says, of models of these names; nothing where neither is there. */
export function resolveRating(
  configured: Configured,
  around: Surroundings,
  names: readonly string[],
): Rating | EvalOptions | undefined {
  const [said, data] = [configured.flag(ACCURACY), configured.flag(EVAL)];
  if (said && data !== undefined) {
    configured.problems.add({
      where: "--eval",
      found: "--accuracy, too",
      wanted: "one of the two",
    });
  }
  return data === undefined ? said : evalOptions(configured, around, names, [data]);
}

/** Nothing is rated where that is told. */
function wanted({ problems }: Configured): Rating {
  problems.add({
    where: "--accuracy",
    found: "nothing",
    wanted: "how good it is, or --eval and labelled images",
  });
  return { accuracy: { metric: "", value: 0 } };
}
