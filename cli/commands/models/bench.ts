/** `smarteye models bench`: how fast models are on this machine. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import { resolveModels } from "../../config/resolve.ts";

/** Threads and timed inferences that may be asked for. */
const MOST = { threads: 256, runs: 100_000 } as const;

/** The `models bench` command. */
export function modelsBenchCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "bench",
    about: "measure how fast models are on this machine; policies go by what is measured",
    arguments: "[names...]",
    flags: [
      { term: "--threads <n>", about: "measure with 1 to n threads (default: as many as cores)" },
      { term: "--runs <n>", about: "inferences to time, of at most 3 seconds (default: 200)" },
    ],
    examples: [
      ["smarteye models bench", "every model whose weights are here"],
      ["smarteye models bench smarteye_street --threads 1", "one model, as an edge runs it"],
    ],
    resolve: (configured, around, names) => {
      const { settings, typed, problems } = configured;
      const number = (name: keyof typeof MOST, byDefault: number) => {
        const said = typed.get(`--${name}`);
        const value = said === undefined ? byDefault : Number(said);
        if (!(Number.isInteger(value) && value >= 1 && value <= MOST[name])) {
          const wanted = `a whole number from 1 to ${MOST[name]}`;
          problems.add({ where: `--${name}`, found: `"${said}"`, wanted });
        }
        return value;
      };
      return {
        directory: resolveModels(configured, around).directory,
        names,
        threads: number("threads", around.cores),
        runs: number("runs", 200),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/bench.ts"),
  });
}
