/** Measures models, and keeps what was measured as the profile that policies read. */

import { cpus } from "node:os";
import { asSmarteyeError, type SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { type AcceleratorWish, chooseProvider } from "../../inference/accelerator/choose.ts";
import type { Measured } from "../../inference/network/measurement.ts";
import { defaultProfilePath, ProfileCache } from "../../inference/profile_cache.ts";
import type { SessionOptions } from "../../inference/network/session.ts";
import { CPU, describeProvider, type Provider } from "../../inference/provider.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { referenceOf } from "../../core/reference.ts";
import { requireKnown } from "../../models/require_known.ts";
import { openEngine } from "./engine.ts";
import { table } from "../table.ts";

const log = logger("models");

/** Milliseconds after which no other inference of a model and number of threads is begun. */
const MS_MAX = 3000;

/** Options of `smarteye models bench`. */
export interface BenchOptions extends AcceleratorWish {
  /** The model directory. */
  readonly directory: string;
  /** Names of models; none means every one whose weights are here. */
  readonly names: readonly string[];
  /** The most threads that are measured with; absent: as many as cores, 1 on an accelerator. */
  readonly threads: number | undefined;
  /** Cores of the processor. */
  readonly cores: number;
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
  const entries = chosen(catalogue, options);
  const provider = await providerFor(entries, options, deps);
  const threadsMax = options.threads ?? (provider.kind === "cpu" ? options.cores : 1);
  for (const { manifest } of entries) {
    const { name } = manifest;
    for (let threads = 1; threads <= threadsMax && !drain.aborted; threads++) {
      progress?.(`measuring ${name}, ${threads} of ${threadsMax} threads`);
      try {
        const session = { threads, provider };
        const reference = referenceOf(manifest);
        const measured = await measure(catalogue, reference, session, options.runs, deps);
        benched.push({ name, threads, ...measured });
      } catch (error) {
        failure = asSmarteyeError(error, `measure the model "${name}"`);
        log.error("{message}", { message: failure.message });
        break;
      }
    }
  }
  print(options.json ? JSON.stringify(benched.map(asJson)) : shown(benched, provider));
  if (failure && benched.length === 0) throw failure;
  return failure || drain.aborted ? 1 : 0;
}

function chosen(catalogue: Catalogue, { names }: BenchOptions): CatalogueEntry[] {
  for (const name of names) requireKnown(catalogue, name);
  if (names.length > 0) return [...new Set(names)].map((name) => catalogue.require(name));
  return catalogue.list().filter(({ present }) => present);
}

async function providerFor(
  [entry]: readonly CatalogueEntry[],
  options: BenchOptions,
  { clock, drain: stop }: RoleDeps,
): Promise<Provider> {
  return entry ? await chooseProvider(options, { entry, clock, stop }) : CPU;
}

/** Measures one model in a Worker of its own, and keeps the result. */
async function measure(
  catalogue: Catalogue,
  reference: string,
  session: SessionOptions,
  runs: number,
  deps: RoleDeps,
): Promise<Measured> {
  await using engine = openEngine(catalogue, session, deps, new ProfileCache(defaultProfilePath()));
  return await engine.repository.measure(reference, { runs, msMax: MS_MAX });
}

function shown(benched: readonly Benched[], provider: Provider): string {
  const processor = cpus()[0]?.model ?? "an unknown processor";
  const rows = benched.map(({ name, threads, p50Ms, p95Ms, fps, batches, batch }) => [
    name,
    threads,
    `${p50Ms.toFixed(1)} ms`,
    `${p95Ms.toFixed(1)} ms`,
    fps.toFixed(1),
    batches.map((one) => `${one.pictures}: ${one.fps.toFixed(1)}`).join(", ") || "–",
    batch,
  ]);
  return [
    table([
      ["name", "left"],
      ["threads", "right"],
      ["p50", "right"],
      ["p95", "right"],
      ["frames/s", "right"],
      ["in batches", "left"],
      ["best batch", "right"],
    ], rows),
    `on ${
      provider.kind === "cpu" ? processor : describeProvider(provider)
    }; kept in ${defaultProfilePath()}`,
  ].join("\n");
}

function asJson({ name, threads, p50Ms, p95Ms, fps, batches, batch }: Benched) {
  return {
    ...{ name, threads, p50_ms: p50Ms, p95_ms: p95Ms, frames_per_s: fps },
    batches: batches.map(({ pictures, fps }) => ({ pictures, frames_per_s: fps })),
    best_batch: batch,
  };
}
