/** `smarteye models rate`: how good a model is, as its user says. */

import type { Command } from "commander";
import { parseRating, type Rating, RATING_FORM } from "../../../models/accuracy.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { readBy } from "../../config/kinds.ts";
import { resolveModels } from "../../config/resolve.ts";

/** How good a model is. */
export const ACCURACY: OwnFlag<Rating> = {
  term: "--accuracy <metric=value>",
  kind: readBy(parseRating, RATING_FORM),
  about: `how good it is, for policies to rank it by: ${RATING_FORM}`,
};

const REQUIRED: OwnFlag<Rating> = { ...ACCURACY, isRequired: true };

/** The `models rate` command. */
export function modelsRateCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "rate",
    about: "say how good a model is: policies rank by it, and a model without it last",
    arguments: "<name>",
    flags: [REQUIRED],
    examples: [
      ["smarteye models rate mine --accuracy coco_map_50_95=37.3", "among other detectors"],
    ],
    resolve: (configured, around, [name]) => ({
      directory: resolveModels(configured, around).directory,
      name: name!,
      rating: configured.flag(REQUIRED)!,
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../../models/rate.ts"),
  });
}
