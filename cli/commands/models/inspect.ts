/** `smarteye models inspect`: what a model makes of a picture. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import { resolveModels } from "../../config/resolve.ts";

/** The `models inspect` command. */
export function modelsInspectCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "inspect",
    about: "show a model's tensors, what its decoder sees in a picture, and that picture with it",
    arguments: "<name>",
    flags: [
      {
        term: "--image <source>",
        about: "picture, or the first frame of a video (default: a rendered street)",
      },
      { term: "--out <file.jpg>", about: "where to draw it (default: <name>.inspect.jpg here)" },
    ],
    examples: [
      ["smarteye models inspect smarteye_street", "on a rendered street"],
      ["smarteye models inspect mine --image street.jpg --out seen.jpg", "on a picture of yours"],
    ],
    resolve: (configured, around, [name]) => {
      const { settings, typed } = configured;
      return {
        directory: resolveModels(configured, around).directory,
        name: name!,
        image: typed.get("--image") ?? "synthetic:",
        out: typed.get("--out") ?? `${name}.inspect.jpg`,
        pixelsMax: settings.security.pixels_max,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/inspect.ts"),
  });
}
