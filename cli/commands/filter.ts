/** `smarteye filter`: what keeps frames back that need not be inferred. */

import type { Command } from "commander";
import { type Cli, type DefineCommand, groupCommand } from "../command.ts";
import { filterLearnCommand } from "./filter/learn.ts";

/** What it can do, in the order in which help lists it: a new one is one more line. */
const COMMANDS: readonly DefineCommand[] = [(cli) => filterLearnCommand(cli)];

/** The `filter` command. */
export function filterCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "filter",
    about: "learn which frames of a camera need not be inferred",
    examples: [
      ["smarteye edge -f rtsp://door/1 --filter motion", "needs no learning: only what moves"],
      ["smarteye filter learn -f door.mp4 --accuracy 0.9", "of what moves, only what changes much"],
      ["smarteye edge -f rtsp://door/1 --filter door.filter.json", "goes by what was learned"],
    ],
    commands: COMMANDS,
  });
}
