/** `smarteye lab merge`: the shards of a study put together. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { plain } from "../../config/kinds.ts";

const OUT: OwnFlag<string> = {
  term: "-o, --out <dir>",
  kind: plain("a directory"),
  about: "where study.json and report.html go",
  isRequired: true,
};

/** The `lab merge` command. */
export function labMergeCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "merge",
    about: "put the shards of a study together: the same, byte for byte, as if it had been one run",
    arguments: "<shards...>",
    flags: [OUT],
    examples: [
      ["smarteye lab merge shards/*.json -o study", "all that a cluster has left in shards/"],
    ],
    resolve: ({ flag, settings }, around, shards) => ({
      shards: shards.map((path) => absolute(around.directory, path)),
      out: absolute(around.directory, flag(OUT) ?? ""),
      json: settings.telemetry.json,
    }),
    load: () => import("../../lab/merge.ts"),
  });
}
