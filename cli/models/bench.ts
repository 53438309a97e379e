/** Measures models, and keeps what was measured as the profile that policies read. */

import { cpus } from "node:os";
import { asSmarteyeError, type SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import type { Measured } from "../../inference/measurement.ts";
import { defaultProfilePath, ProfileCache } from "../../inference/profile_cache.ts";
import { CPU } from "../../inference/provider.ts";
import { WorkerPool } from "../../inference/worker_pool.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
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
  const entries = await chosen(options);
  const benched: Benched[] = [];
  let failure: SmarteyeError | undefined;
  for (const entry of entries) {
    for (let threads = 1; threads <= options.threads && !drain.aborted; threads++) {
      const { name } = entry.manifest;
      progress?.(`measuring ${name}, ${threads} of ${options.threads} threads`);
      try {
        benched.push({ name, threads, ...await measure(entry, threads, options.runs, deps) });
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

async function chosen({ directory, names }: BenchOptions): Promise<CatalogueEntry[]> {
  const catalogue = await Catalogue.open(directory);
  for (const name of names) requireKnown(catalogue, name);
  if (names.length > 0) return [...new Set(names)].map((name) => catalogue.require(name));
  return catalogue.list().filter(({ present }) => present);
}

/** Measures one model in a Worker of its own, and keeps the result. */
async function measure(
  entry: CatalogueEntry,
  threads: number,
  runs: number,
  { clock }: RoleDeps,
): Promise<Measured> {
  const session = { threads, provider: CPU };
  const pool = new WorkerPool({ workers: 1, session, queueLengthMax: 1, clock });
  try {
    await pool.load(entry);
    const measured = await pool.measure(entry.manifest.name, { runs, msMax: MS_MAX });
    await new ProfileCache(defaultProfilePath()).keep(entry.manifest, session, measured);
    return measured;
  } finally {
    pool.close();
  }
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
