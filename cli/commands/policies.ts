/** `smarteye policies`: who decides, what of it can be set, and whether it can be trusted. */

import type { Command } from "commander";
import { type Cli, type DefineCommand, groupCommand } from "../command.ts";
import { policiesCheckCommand } from "./policies/check.ts";
import { policiesListCommand } from "./policies/list.ts";
import { policiesNewCommand } from "./policies/new.ts";

/** What it can do, in the order in which help lists it. */
const COMMANDS: readonly DefineCommand[] = [
  (cli) => policiesListCommand(cli),
  (cli) => policiesNewCommand(cli),
  (cli) => policiesCheckCommand(cli),
];

/** The `policies` command. */
export function policiesCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "policies",
    about: "see which policies decide about frames and requests, write one, and check it",
    examples: [
      ["smarteye policies list", "every policy, its parameters, and which are in use"],
      ["smarteye policies list ./mine.ts", "a policy of your own too, once it can be used"],
      ["smarteye policies new mine", "write one that works, to be changed"],
      ["smarteye policies check ./mine.ts", "what it must do, and must not"],
    ],
    commands: COMMANDS,
  });
}
