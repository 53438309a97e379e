/** `smarteye retention`: one look at what runs have left, and away with what is too old or too much. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { mayDelete } from "../../edge/retention/options.ts";
import { type Cli, roleCommand } from "../command.ts";
import { nameOf, type OwnFlag } from "../config/flag.ts";
import { choice } from "../config/kinds.ts";
import { statOf } from "../config/paths.ts";
import { quote } from "../config/problems.ts";
import { resolveRetention } from "../config/retention.ts";

const DELETE: OwnFlag<"true"> = {
  term: "--delete",
  kind: choice(["true"]),
  about: "delete what is to go; without it, it is only shown",
};

const HELP_END =
  `DIR is a directory in which runs have made theirs, or that of one run (default: [results]
directory). Limits that are not given are those of [retention] in the config. Only what runs wrote is
deleted, the oldest first, and nothing of a run that goes on. An edge does the same by itself while it
runs, with [retention] age or size. docs/retention.md tells more.
`;

/** The `retention` command. */
export function retentionCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "retention",
    about: "show what runs have left on the disk, and delete what is too old or too much",
    arguments: "[dir]",
    flags: [
      { term: "--age <span>", sets: ["retention", "age"] },
      { term: "--size <bytes>", sets: ["retention", "size"] },
      { term: "--events-age <span>", sets: ["retention", "events_age"] },
      {
        term: "--keep-free <room>",
        sets: ["retention", "keep_free"],
        about: "with --age or --size, delete until a disk has so much room: auto, none, 2G or 5%",
      },
      DELETE,
    ],
    examples: [
      ["smarteye retention", "what is there, by what it is"],
      ["smarteye retention --age 30d --events-age 90d", "and what would go"],
      ["smarteye retention /data/yard --size 20G --delete", "away with what is too much"],
      ["smarteye retention --age 30d --json | jq .gone", "for a program"],
    ],
    helpEnd: HELP_END,
    resolve: (configured, around, [dir]) => {
      const { problems, settings, flag } = configured;
      const path = dir ?? settings.results.directory;
      if (!statOf(around, path)?.isDirectory) {
        const found = `no directory ${quote(path)}`;
        problems.add({ where: "DIR", found, wanted: "one in which runs have left something" });
      }
      const limits = resolveRetention(configured, around, path);
      if (flag(DELETE) && !mayDelete(limits)) {
        const found = "no limit";
        problems.add({ where: nameOf(DELETE), found, wanted: "--age or --size beside it" });
      }
      return {
        directory: absolute(around.directory, path),
        ...{ limits, isDry: flag(DELETE) === undefined, json: settings.telemetry.json },
      };
    },
    load: () => import("../retention/role.ts"),
  });
}
