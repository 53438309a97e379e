/** `smarteye models`: what there is to infer with, and how more of it comes here. */

import type { Command } from "commander";
import { type Cli, type DefineCommand, groupCommand } from "../command.ts";
import { modelsAddCommand } from "./models/add.ts";
import { modelsBenchCommand } from "./models/bench.ts";
import { modelsEvalCommand } from "./models/eval.ts";
import { modelsInspectCommand } from "./models/inspect.ts";
import { modelsListCommand } from "./models/list.ts";
import { modelsPullCommand } from "./models/pull.ts";
import { modelsRateCommand } from "./models/rate.ts";

/** What it can do, in the order in which help lists it: a new one is one more line. */
const COMMANDS: readonly DefineCommand[] = [
  (cli) => modelsListCommand(cli),
  (cli) => modelsPullCommand(cli),
  (cli) => modelsAddCommand(cli),
  (cli) => modelsRateCommand(cli),
  (cli) => modelsInspectCommand(cli),
  (cli) => modelsBenchCommand(cli),
  (cli) => modelsEvalCommand(cli),
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
      ["smarteye models add mine.onnx --labels names.txt", "a model of your own"],
      ["smarteye models inspect mine --image street.jpg", "what it sees, and why"],
      ["smarteye models eval fastestdet --data street/test", "how good and how fast it is there"],
      ["smarteye models bench", "how fast each is here: policies go by it"],
    ],
    commands: COMMANDS,
  });
}
