/** `smarteye models pull`: weights from where they are published. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import { resolveModels } from "../../config/resolve.ts";

/** The `models pull` command. */
export function modelsPullCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "pull",
    about: "download the weights of models, check them, and put them into the model directory; " +
      "what was interrupted goes on where it ended",
    arguments: "<names...>",
    examples: [
      ["smarteye models pull nanodet_m", "one model"],
      ["smarteye models pull fastestdet yunet", "one after the other"],
      ["SMARTEYE_MODELS=/srv/models smarteye models pull yunet", "into a directory of your own"],
    ],
    resolve: (configured, around, names) => ({
      directory: resolveModels(configured, around).directory,
      names,
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../../models/pull.ts"),
  });
}
