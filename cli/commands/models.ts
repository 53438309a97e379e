/** `smarteye models`: what there is to infer with, and how more of it comes here. */

import type { Command } from "commander";
import { type Cli, type DefineCommand, groupCommand } from "../command.ts";
import { modelsListCommand } from "./models/list.ts";
import { modelsPullCommand } from "./models/pull.ts";

/** What it can do, in the order in which help lists it: a new one is one more line. */
const COMMANDS: readonly DefineCommand[] = [
  (cli) => modelsListCommand(cli),
  (cli) => modelsPullCommand(cli),
];

/** The `models` command. */
export function modelsCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "models",
    about: "see which models there are, and bring more of them to this machine",
    examples: [
      ["smarteye models list", "every model that is known, and whether it is here"],
      ["smarteye models list -s detection --json", "the detectors, for a program"],
      ["smarteye models pull nanodet_m", "its weights, checked, into the model directory"],
    ],
    commands: COMMANDS,
  });
}
