/** `smarteye config`: what the settings are, and whether they can be. */

import type { Command } from "commander";
import { type Cli, groupCommand } from "../command.ts";
import { configCheckCommand } from "./config/check.ts";

/** The `config` command. */
export function configCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "config",
    about: "see the settings, and what is wrong with them, before anything runs",
    examples: [
      ["smarteye config check", "every setting, its value and where it was written"],
      ["smarteye config check site.ini", "of that file"],
    ],
    commands: [(cli) => configCheckCommand(cli)],
  });
}
