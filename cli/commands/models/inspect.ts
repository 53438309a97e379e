/** `smarteye models inspect`: what a model makes of a picture. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { plain } from "../../config/kinds.ts";
import { resolveModels } from "../../config/resolve.ts";

const IMAGE: OwnFlag<string> = {
  term: "--image <source>",
  kind: plain("a picture, a video or another source"),
  about: "picture, or the first frame of a video (default: a rendered street)",
};
const OUT: OwnFlag<string> = {
  term: "--out <file.jpg>",
  kind: plain("the path of a picture to write"),
  about: "where to draw it (default: <name>.inspect.jpg here)",
};

/** The `models inspect` command. */
export function modelsInspectCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "inspect",
    about: "show a model's tensors, what its decoder sees in a picture, and that picture with it",
    arguments: "<name>",
    flags: [IMAGE, OUT],
    examples: [
      ["smarteye models inspect smarteye_street", "on a rendered street"],
      ["smarteye models inspect mine --image street.jpg --out seen.jpg", "on a picture of yours"],
    ],
    resolve: (configured, around, [name]) => {
      const { settings, flag } = configured;
      return {
        directory: resolveModels(configured, around).directory,
        name: name!,
        image: flag(IMAGE) ?? "synthetic:",
        out: flag(OUT) ?? `${name}.inspect.jpg`,
        pixelsMax: settings.security.pixels_max,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/inspect.ts"),
  });
}
