/** `smarteye cameras`: which cameras there are, and the command line that reads each. */

import type { Command } from "commander";
import { LINUX } from "../../edge/discovery/local_cameras.ts";
import { EVERYBODY } from "../../edge/discovery/ws_discovery.ts";
import { type Cli, roleCommand } from "../command.ts";
import type { Flag, OwnFlag } from "../config/flag.ts";
import { positive } from "../config/kinds.ts";

const WAIT: OwnFlag<number> & { readonly default: string } = {
  term: "--wait <seconds>",
  kind: positive("seconds", 60),
  about: "how long to wait for answers",
  default: "3",
};

const LOGIN: readonly Flag[] = [
  {
    term: "--account <name>",
    sets: ["camera-info", "account"],
    about: "ask each camera for its streams, as this account",
  },
  {
    term: "--password <text>",
    sets: ["camera-info", "password"],
    about: "password of the account; others on this machine may see it here, " +
      "but not in SMARTEYE_CAMERA_INFO_PASSWORD",
  },
];

/** The `cameras` command. */
export function camerasCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "cameras",
    about: "find the cameras of the network and of this machine, and the line that reads each",
    flags: [WAIT, ...LOGIN],
    examples: [
      ["smarteye cameras", "ONVIF cameras that answer within 3 s, and local ones"],
      ["smarteye cameras --account admin", "their streams; the password is in the environment"],
      ["smarteye cameras --json", "one object, for a program"],
    ],
    resolve: ({ flag, settings }) => {
      const { account, password } = settings["camera-info"];
      return {
        target: EVERYBODY,
        waitMs: flag(WAIT) * 1000,
        login: account === "" ? undefined : { account, password },
        places: LINUX,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../cameras.ts"),
  });
}
