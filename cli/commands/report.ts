/** `smarteye report`: a run of the edge as a page that can be read anywhere. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../command.ts";
import type { OwnFlag } from "../config/flag.ts";
import { like } from "../config/kinds.ts";

const OUT: OwnFlag<string> = {
  term: "-o, --out <file>",
  kind: like(/^.+\.html?$/i, "the path of a page, .html"),
  about: "where the page goes (default: report.html in the run's directory); an earlier report " +
    "there is replaced, no other file",
};

/** The `report` command. */
export function reportCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "report",
    about: "write a page of what an edge's run came to: one HTML file that needs no network",
    arguments: "<run>",
    flags: [OUT],
    examples: [
      ["smarteye report info_system/handled_result/RUN", "as report.html in there"],
      ["smarteye report yard -o yard.html", "of several sources: a part each, and all together"],
      ["smarteye report yard --json | jq '.sources[].frames'", "its numbers, for a program"],
    ],
    helpEnd:
      `RUN is the directory that smarteye edge wrote (--out), with results.jsonl in it. A run that was
killed, or that still goes on, is told as far as its results go. docs/results.md tells more.
`,
    resolve: ({ flag, settings }, around, [run = ""]) => {
      const out = flag(OUT);
      return {
        run: absolute(around.directory, run),
        out: out === undefined ? undefined : absolute(around.directory, out),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../report.ts"),
  });
}
