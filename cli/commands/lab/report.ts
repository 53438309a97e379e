/** `smarteye lab report`: a study as a page that can be read anywhere. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { plain } from "../../config/kinds.ts";

const OUT: OwnFlag<string> = {
  term: "-o, --out <file>",
  kind: plain("a file"),
  about: "where the report goes (default: report.html beside the study)",
};

/** The `lab report` command. */
export function labReportCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "report",
    about: "write the report of a study: one HTML file that needs no network and no other file",
    arguments: "<study>",
    flags: [OUT],
    examples: [
      ["smarteye lab report study", "of study/study.json, as study/report.html"],
      ["smarteye lab report shard-1-of-4.json -o part.html", "of what is there so far"],
    ],
    resolve: ({ flag, settings }, around, [study = ""]) => {
      const out = flag(OUT);
      return {
        study: absolute(around.directory, study),
        out: out === undefined ? undefined : absolute(around.directory, out),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../lab/report.ts"),
  });
}
