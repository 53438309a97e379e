/** `smarteye models bench`: how fast models are on this machine. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import { resolveModels } from "../../config/resolve.ts";

/** Threads that may be asked for. */
const THREADS_MAX = 256;

/** The `models bench` command. */
export function modelsBenchCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "bench",
    about: "measure how fast models are on this machine; policies go by what is measured",
    arguments: "[names...]",
    flags: [
      { term: "--threads <n>", about: "measure with 1 to n threads (default: as many as cores)" },
    ],
    examples: [
      ["smarteye models bench", "every model whose weights are here"],
      ["smarteye models bench smarteye_street --threads 1", "one model, as an edge runs it"],
    ],
    resolve: (configured, around, names) => {
      const { settings, typed, problems } = configured;
      const said = typed.get("--threads");
      const threads = said === undefined ? around.cores : Number(said);
      if (!(Number.isInteger(threads) && threads >= 1 && threads <= THREADS_MAX)) {
        const wanted = `a whole number from 1 to ${THREADS_MAX}`;
        problems.add({ where: "--threads", found: `"${said}"`, wanted });
      }
      return {
        directory: resolveModels(configured, around).directory,
        names,
        threads,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/bench.ts"),
  });
}
