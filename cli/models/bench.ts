/** Measures models, and keeps what was measured as the profile that policies read. */

import { cpus } from "node:os";
import { asSmarteyeError, type SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import type { Measured } from "../../inference/network/measurement.ts";
import { defaultProfilePath, ProfileCache } from "../../inference/profile_cache.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { referenceOf } from "../../core/reference.ts";
import { requireKnown } from "../../models/require_known.ts";
import { openEngine } from "./engine.ts";
import { table } from "../table.ts";

const log = logger("models");

/** Milliseconds after which no other inference of a model and number of threads is begun. */
const MS_MAX = 3000;

/** Options of `smarteye models bench`. */
export interface BenchOptions {
  /** The model directory. */
  readonly directory: string;
  /** Names of models; none means every one whose weights are here. */
  readonly names: readonly string[];
  /** The most threads that are measured with. */
  readonly threads: number;
  /** Inferences that are timed at most. */
  readonly runs: number;
  /** Print an array of what was measured, not a table. */
  readonly json: boolean;
}

/** What was measured of a model with a number of threads. */
export interface Benched extends Measured {
  /** The model's name. */
  readonly name: string;
  /** Threads of its session. */
  readonly threads: number;
}

/** Measures. @throws {SmarteyeError} when a model is not there, or none can be measured. */
export async function run(options: BenchOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { drain, progress, print } = deps;
  const catalogue = await Catalogue.open(options.directory);
  const benched: Benched[] = [];
  let failure: SmarteyeError | undefined;
  for (const { manifest } of chosen(catalogue, options)) {
    const { name } = manifest;
    for (let threads = 1; threads <= options.threads && !drain.aborted; threads++) {
      progress?.(`measuring ${name}, ${threads} of ${options.threads} threads`);
      try {
        const measured = await measure(
          catalogue,
          referenceOf(manifest),
          threads,
          options.runs,
          deps,
        );
        benched.push({ name, threads, ...measured });
      } catch (error) {
        failure = asSmarteyeError(error, `measure the model "${name}"`);
        log.error("{message}", { message: failure.message });
        break;
      }
    }
  }
  print(options.json ? JSON.stringify(benched.map(asJson)) : shown(benched));
  if (failure && benched.length === 0) throw failure;
  return failure || drain.aborted ? 1 : 0;
}

function chosen(catalogue: Catalogue, { names }: BenchOptions): CatalogueEntry[] {
  for (const name of names) requireKnown(catalogue, name);
  if (names.length > 0) return [...new Set(names)].map((name) => catalogue.require(name));
  return catalogue.list().filter(({ present }) => present);
}

/** Measures one model in a Worker of its own, and keeps the result. */
async function measure(
  catalogue: Catalogue,
  reference: string,
  threads: number,
  runs: number,
  deps: RoleDeps,
): Promise<Measured> {
  using engine = openEngine(catalogue, threads, deps, new ProfileCache(defaultProfilePath()));
  return await engine.repository.measure(reference, { runs, msMax: MS_MAX });
}

function shown(benched: readonly Benched[]): string {
  const rows = benched.map(({ name, threads, p50Ms, p95Ms, fps }) => [
    name,
    threads,
    `${p50Ms.toFixed(1)} ms`,
    `${p95Ms.toFixed(1)} ms`,
    fps.toFixed(1),
  ]);
  return [
    table([
      ["name", "left"],
      ["threads", "right"],
      ["p50", "right"],
      ["p95", "right"],
      ["frames/s", "right"],
    ], rows),
    `on ${cpus()[0]?.model ?? "an unknown processor"}; kept in ${defaultProfilePath()}`,
  ].join("\n");
}

function asJson({ name, threads, p50Ms, p95Ms, fps }: Benched) {
  return { name, threads, p50_ms: p50Ms, p95_ms: p95Ms, frames_per_s: fps };
}
