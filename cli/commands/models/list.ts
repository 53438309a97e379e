/** `smarteye models list`: every known model and its state. */

import type { Command } from "commander";
import { type Service, SERVICES } from "../../../core/detection.ts";
import { type Cli, roleCommand } from "../../command.ts";
import { resolveModels } from "../../config/resolve.ts";

/** The `models list` command. */
export function modelsListCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "list",
    about: "list every known model: size, accuracy, latency on this machine, state",
    flags: [
      { term: "-s, --service <service>", about: `only these: ${SERVICES.join(" or ")}` },
    ],
    examples: [
      ["smarteye models list", "a table"],
      ["smarteye models list -s classification", "the classifiers"],
      ["smarteye models list --json", "an array of objects, for a program"],
    ],
    resolve: (configured, around) => {
      const { settings, typed, problems } = configured;
      const service = typed.get("--service");
      if (service !== undefined && !isService(service)) {
        problems.add({
          where: "--service",
          found: `"${service}"`,
          wanted: SERVICES.join(" or "),
        });
      }
      return {
        directory: resolveModels(configured, around).directory,
        service: service as Service | undefined,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/list.ts"),
  });
}

function isService(text: string): text is Service {
  return (SERVICES as readonly string[]).includes(text);
}
