/** `smarteye models list`: every known model and its state. */

import type { Command } from "commander";
import { type Service, SERVICES } from "../../../core/detection.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { choice } from "../../config/kinds.ts";
import { resolveModels } from "../../config/resolve.ts";

const SERVICE: OwnFlag<Service> = {
  term: "-s, --service <service>",
  kind: choice(SERVICES),
  about: `only these: ${SERVICES.join(" or ")}`,
};

/** The `models list` command. */
export function modelsListCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "list",
    about: "list every known model: size, accuracy, latency on this machine, state",
    flags: [SERVICE],
    examples: [
      ["smarteye models list", "a table"],
      ["smarteye models list -s classification", "the classifiers"],
      ["smarteye models list --json", "an array of objects, for a program"],
    ],
    resolve: (configured, around) => ({
      directory: resolveModels(configured, around).directory,
      service: configured.flag(SERVICE),
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../../models/list.ts"),
  });
}
