/** `smarteye demo`: the whole system on this machine, on a street that is rendered for it. */

import { join } from "node:path";
import { tmpdir } from "node:os";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../command.ts";
import { nameOf, type OwnFlag } from "../config/flag.ts";
import { plain } from "../config/kinds.ts";
import { checkControlPolicy, checkIsNoFile } from "../config/paths.ts";

const OUT: OwnFlag<string> = {
  term: "--out <dir>",
  kind: plain("a directory"),
  about: "directory for the video and the results (default: a new one)",
};

/** The `demo` command. */
export function demoCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "demo",
    about: "run an edge, a forwarder and two inference servers here, on a rendered street",
    flags: [
      OUT,
      {
        term: "--frames <n>",
        sets: ["edge-setting", "frames"],
        about: "stop after this many frames",
      },
      { term: "--policy <name>", sets: ["edge-setting", "control_policy"] },
    ],
    examples: [
      ["smarteye demo", "ten seconds of a street, here and in the cloud"],
      ["smarteye demo --policy always_cloud_lowest_delay --out demo", "all of it in the cloud"],
    ],
    resolve: (configured, around) => {
      const { settings, flag } = configured;
      checkControlPolicy(configured, around);
      const out = flag(OUT);
      if (out !== undefined) checkIsNoFile(configured, around, nameOf(OUT), out);
      const name = `smarteye-demo-${around.startedAtMs.toFixed(0)}`;
      return {
        directory: out ?? join(tmpdir(), name),
        policy: settings["edge-setting"].control_policy,
        frames: settings["edge-setting"].frames,
        config: configured.file,
        logLevel: settings.telemetry.log_level,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../demo/role.ts"),
  });
}
