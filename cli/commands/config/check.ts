/** `smarteye config check`: every setting, or all that is wrong. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import { reportConfig } from "../../config/report.ts";

/** The `config check` command. */
export function configCheckCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "check",
    about: "show every setting with its value (→ what it comes to on this machine) and where it " +
      "was written: a line of the config file, a variable of the environment, a flag, or nowhere " +
      "(default); or tell all that is wrong at once, and end with status 2. Files, folders and " +
      "policies that are named have to be there; nothing is opened, called or written. " +
      "Passwords are not shown",
    arguments: "[FILE]",
    argumentIsConfig: true,
    examples: [
      ["smarteye config check", "the file that the roles would read, and the environment"],
      ["smarteye config check site.ini", "another file"],
      ["smarteye config check --json", "one object, for a program"],
      ["smarteye serve -c site.ini", "what it is for: the same file, once it is right"],
    ],
    resolve: (configured, around) => ({
      report: reportConfig(configured, around),
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../../config/check.ts"),
  });
}
