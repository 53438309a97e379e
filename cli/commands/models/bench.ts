/** `smarteye models bench`: how fast models are on this machine. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { whole } from "../../config/kinds.ts";
import { resolveModels, resolveOrtLib } from "../../config/resolve.ts";

const THREADS: OwnFlag<number> = {
  term: "--threads <n>",
  kind: whole("threads", 1, 256),
  about: "measure with 1 to n threads (default: as many as cores, 1 on an accelerator)",
};
const RUNS = {
  term: "--runs <n>",
  kind: whole("inferences", 1, 100_000),
  about: "inferences to time, of at most 3 seconds",
  default: "200",
};

/** The `models bench` command. */
export function modelsBenchCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "bench",
    about: "measure how fast models are on this machine; policies go by what is measured",
    arguments: "[names...]",
    flags: [THREADS, RUNS, { term: "--gpu <n|auto>", sets: ["inference", "gpu"] }],
    examples: [
      ["smarteye models bench", "every model whose weights are here"],
      ["smarteye models bench smarteye_street --threads 1", "one model, as an edge runs it"],
      ["smarteye models bench --gpu 0", "on accelerator 0"],
    ],
    resolve: (configured, around, names) => ({
      directory: resolveModels(configured, around).directory,
      names,
      threads: configured.flag(THREADS),
      cores: around.cores,
      gpu: configured.settings.inference.gpu,
      ortLib: resolveOrtLib(configured, around),
      runs: configured.flag(RUNS),
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../../models/bench.ts"),
  });
}
