/** `smarteye token`: a token for someone who may ask a forwarder. */

import type { Command } from "commander";
import { TOKEN_NAME } from "../../forwarder/clients/token_file.ts";
import { type Cli, roleCommand } from "../command.ts";
import { quote } from "../config/problems.ts";

/** The `token` command. */
export function tokenCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "token",
    about:
      "make a token for someone who may ask a forwarder, and its entry for the file of tokens, " +
      "which holds a digest alone",
    arguments: "<name>",
    examples: [
      ["smarteye token gate", "the token, and the lines for [forwarder] tokens"],
      ["smarteye token gate --json", "one object, for a program"],
    ],
    resolve: ({ problems, settings }, _, [name = ""]) => {
      if (!TOKEN_NAME.test(name)) {
        problems.add({
          where: "<name>",
          found: quote(name),
          wanted: "a name of letters, digits and ._-, such as gate-2",
        });
      }
      return { name, json: settings.telemetry.json };
    },
    load: () => import("../token.ts"),
  });
}
