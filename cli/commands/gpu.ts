/** `smarteye gpu`: what an accelerator needs. */

import type { Command } from "commander";
import { type Cli, groupCommand } from "../command.ts";
import { gpuInstallCommand } from "./gpu/install.ts";

/** The `gpu` command. */
export function gpuCommand(cli: Cli): Command {
  return groupCommand(cli, {
    name: "gpu",
    about: "bring what --gpu needs to this machine",
    examples: [
      ["smarteye gpu install --dry-run", "what CUDA needs, and how many bytes it is"],
      ["smarteye gpu install", "fetch it, for NVIDIA's GPUs"],
      ["smarteye doctor --gpu 0", "what there is already, and what is missing"],
    ],
    commands: [(cli) => gpuInstallCommand(cli)],
  });
}
