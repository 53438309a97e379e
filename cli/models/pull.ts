/** Weights, brought here one model after another. */

import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { pull, type Pulled } from "../../models/pull/pull.ts";
import { requireKnown } from "../../models/require_known.ts";
import { byteSize } from "../table.ts";
import { ProgressBar } from "./progress_bar.ts";

const log = logger("models");

/** Options of `smarteye models pull`. */
export interface PullOptions {
  /** The model directory, where the weights go. */
  readonly directory: string;
  /** Names of models, at least one. */
  readonly names: readonly string[];
  /** Print an array of what came, each with its path. */
  readonly json: boolean;
}

/**
 * Pulls the models.
 *
 * @throws {SmarteyeError} when one is not known (before any is pulled), or cannot be pulled.
 */
export async function run(
  { directory, names, json }: PullOptions,
  deps: RoleDeps,
): Promise<ExitStatus> {
  const { clock, rng, drain, print } = deps;
  const catalogue = await Catalogue.open(directory);
  const entries = [...new Set(names)].map((name) => requireKnown(catalogue, name));
  const pulled: (Pulled & { readonly name: string })[] = [];
  for (const entry of entries) {
    const { name } = entry.manifest;
    const bar = new ProgressBar(name, clock);
    const done = await pull(entry, directory, {
      clock,
      rng,
      drain,
      progress: (progress) => deps.progress?.(bar.line(progress)),
    });
    log.info(
      done.outcome === "present"
        ? "{name} is here already, and right: {path}, {size}"
        : "{name} is ready to use: {path}, {size}, {license}",
      { ...entry.manifest, ...done, size: byteSize(done.bytes) },
    );
    pulled.push({ name, ...done });
  }
  if (json) print(JSON.stringify(pulled));
  return 0;
}
