/** `smarteye policies new`: a policy to begin with. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { CONTROL_POLICIES } from "../../../policies/registry.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { plain, yesNo } from "../../config/kinds.ts";
import { quote } from "../../config/problems.ts";
import type { NewOptions } from "../../policies/new.ts";

const DIR = {
  term: "--dir <dir>",
  kind: plain("a directory"),
  about: "where the files go; made if it is not there",
  default: ".",
};
const FORCE: OwnFlag<boolean> = {
  term: "--force",
  kind: yesNo(),
  about: "write over files of these names",
};

/** A policy's name is its function's, its file's and its section's in the config. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;

/** Words that no function may be named by, and names that mean something else here. */
const TAKEN: readonly string[] = [
  ...["arguments", "as", "async", "await", "break", "case", "catch", "class", "const", "continue"],
  ...["debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false"],
  ...["finally", "for", "function", "if", "implements", "import", "in", "instanceof", "interface"],
  ...["let", "new", "null", "package", "private", "protected", "public", "return", "static"],
  ...["super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void"],
  ...["while", "with", "yield"],
  // What the files that are written say otherwise.
  ...["policy", "parameters", "about", "best", "framesSinceSent", "smarteye"],
  ...["Answer", "ControlSnapshot", "Infinity", "Json", "ModelProfile", "Parameters", "Rng"],
  ...["oracle", "best_static"],
];

/** The `policies new` command. */
export function policiesNewCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "new",
    about: "write a control policy that works and is meant to be changed: NAME.ts, its test " +
      "NAME_test.ts, and smarteye.d.ts, by which an editor knows what there is",
    arguments: "<name>",
    flags: [DIR, FORCE],
    examples: [
      ["smarteye policies new mine", "mine.ts, mine_test.ts and smarteye.d.ts, here"],
      ["smarteye policies new mine --dir policies", "or in another directory"],
    ],
    resolve: ({ flag, problems, settings }, around, [name = ""]): NewOptions => {
      const isTaken = TAKEN.includes(name) || Object.hasOwn(CONTROL_POLICIES, name);
      if (!NAME.test(name) || isTaken) {
        problems.add({
          where: "<name>",
          found: quote(name) + (isTaken ? ", which means something else already" : ""),
          wanted: "a name for a function, of at most 32 letters, digits and _, such as mine",
        });
      }
      return {
        name,
        directory: absolute(around.directory, flag(DIR)),
        from: around.directory,
        force: flag(FORCE) === true,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../policies/new.ts"),
  });
}
