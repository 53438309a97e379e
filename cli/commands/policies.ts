/** `smarteye policies`: who decides, and what of it can be set. */

import type { Command } from "commander";
import { type Cli, groupCommand } from "../command.ts";
import { policiesListCommand } from "./policies/list.ts";

/** The `policies` command. */
export function policiesCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "policies",
    about: "see which policies decide about frames and requests, and what can be set of them",
    examples: [
      ["smarteye policies list", "every policy, its parameters, and which are in use"],
      ["smarteye policies list ./mine.ts", "a policy of your own too, once it can be used"],
    ],
    commands: [(cli) => policiesListCommand(cli)],
  });
}
