/** `smarteye gpu install`: onnxruntime with CUDA. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { choice } from "../../config/kinds.ts";

const DRY_RUN: OwnFlag<"true"> = {
  term: "--dry-run",
  kind: choice(["true"]),
  about: "say what would be fetched, and how much it is, and fetch nothing",
};

/** The `gpu install` command. */
export function gpuInstallCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "install",
    about:
      "fetch onnxruntime with CUDA by pip into the user's data directory: gigabytes, checked, " +
      "and loaded once; what was interrupted goes on where it ended",
    flags: [DRY_RUN],
    examples: [
      ["smarteye gpu install --dry-run", "what it is, and how many bytes"],
      ["PIP_INDEX_URL=https://pypi.example/simple smarteye gpu install", "from a mirror"],
    ],
    resolve: ({ flag, settings }) => ({
      isDryRun: flag(DRY_RUN) !== undefined,
      json: settings.telemetry.json,
    }),
    load: () => import("../../gpu/install.ts"),
  });
}
