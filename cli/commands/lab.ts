/** `smarteye lab`: policies, tried on recorded video and recorded networks. */

import type { Command } from "commander";
import { type Cli, type DefineCommand, groupCommand } from "../command.ts";
import { labMergeCommand } from "./lab/merge.ts";
import { labProfileCommand } from "./lab/profile.ts";
import { labReportCommand } from "./lab/report.ts";
import { labSimulateCommand } from "./lab/simulate.ts";

/** What it can do, in the order in which help lists it: a new one is one more line. */
const COMMANDS: readonly DefineCommand[] = [
  (cli) => labProfileCommand(cli),
  (cli) => labSimulateCommand(cli),
  (cli) => labMergeCommand(cli),
  (cli) => labReportCommand(cli),
];

/** The `lab` command. */
export function labCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "lab",
    about: "try control policies on recorded video and recorded networks",
    examples: [
      ["smarteye lab", "every policy, on the videos and networks that come with the program"],
      ["smarteye lab profile -f door.mp4 -o profiles", "measure once what models find, and cost"],
      ["smarteye lab simulate --profile profiles --network lte", "then play it, in seconds"],
    ],
    commands: COMMANDS,
    byDefault: "simulate",
  });
}
