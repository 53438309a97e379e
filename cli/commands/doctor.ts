/** `smarteye doctor`: what there is to infer with on this machine, and what is missing. */

import type { Command } from "commander";
import { type Cli, roleCommand } from "../command.ts";
import { resolveModels, resolveOrtLib } from "../config/resolve.ts";

/** The `doctor` command. */
export function doctorCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "doctor",
    about:
      "tell what there is to infer with here, CPU, CUDA and WebGPU, what is missing, and what " +
      "mends it; the exit status says whether what --gpu asks for works",
    flags: [{ term: "--gpu <n|auto>", sets: ["inference", "gpu"] }],
    examples: [
      ["smarteye doctor", "everything that there is; the CPU is tried"],
      ["smarteye doctor --gpu 0", "the same, and accelerator 0 is tried"],
      ["smarteye doctor --json", "one object, for a program"],
    ],
    resolve: (configured, around) => ({
      directory: resolveModels(configured, around).directory,
      gpu: configured.settings.inference.gpu,
      ortLib: resolveOrtLib(configured, around),
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../doctor/doctor.ts"),
  });
}
