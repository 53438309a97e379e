/** `smarteye serve`: an inference server. */

import deno from "../deno.json" with { type: "json" };
import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { drained, type ExitStatus, type RoleDeps } from "../core/role.ts";
import { formatAddress } from "../core/address.ts";
import { Catalogue, type CatalogueEntry } from "../models/catalogue.ts";
import { chooseProvider } from "./accelerator.ts";
import { MachineLoadMeter } from "./machine_load.ts";
import type { ServeOptions } from "./options.ts";
import { defaultProfilePath, ProfileCache } from "./profile_cache.ts";
import { describeProvider } from "./provider.ts";
import { ModelRepository } from "./repository.ts";
import { listen } from "./server.ts";
import { InferenceService } from "./service.ts";
import { WorkerPool } from "./worker_pool.ts";

const log = logger("inference");

/** Calls of a connection beside those that infer: a monitor's, an operator's. */
const STATUS_CALLS = 16;

/** Milliseconds that calls under way may take after the server was told to stop. */
const DRAIN_MS = 10_000;

/**
 * Loads the models, serves until told to drain, drains.
 *
 * @throws {SmarteyeError} when no model can be loaded, the accelerator is missing, or the port is taken.
 */
export async function run(options: ServeOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { clock } = deps;
  const catalogue = await Catalogue.open(options.models.directory);
  const entries = preloaded(catalogue, options);
  const provider = await chooseProvider(options.gpu, entries[0]!);
  const session = { threads: options.threads, provider };
  const { workers, queueLengthMax, limits } = options;
  const pool = new WorkerPool({ workers, session, queueLengthMax, clock });
  try {
    const profiles = new ProfileCache(defaultProfilePath());
    const repository = new ModelRepository({ catalogue, pool, profiles, session, clock });
    await loadAll(repository, entries);
    const machine = new MachineLoadMeter(clock);
    const { pixelsMax, bodyBytesMax } = limits;
    const service = new InferenceService(
      { repository, pool, machine, clock, queueLengthMax, pixelsMax },
    );
    const server = await listen(service, {
      listen: options.listen,
      bodyBytesMax,
      streamsMax: workers + queueLengthMax + STATUS_CALLS,
      version: deno.version,
      provider: describeProvider(provider),
      scoreThreshold: options.models.scoreThreshold,
      clock,
    });
    const address = formatAddress({ ...options.listen, port: server.port });
    const models = repository.ready().map(({ name }) => name).join(", ");
    log.info("listening on {address} with {models}, {workers} workers on {provider}", {
      address,
      models,
      workers,
      provider: describeProvider(provider),
    });
    if (options.json) deps.print(JSON.stringify({ role: "serve", listen: address }));
    await drained(deps.drain);
    log.info("finishing what is under way");
    await server.close(DRAIN_MS);
    return 0;
  } finally {
    pool.close();
  }
}

function preloaded(catalogue: Catalogue, { preload, models }: ServeOptions): CatalogueEntry[] {
  const { chosen, missing } = catalogue.select(preload);
  for (const name of missing) log.warn("left out of the models to load: {name}", { name });
  if (chosen.length > 0) return chosen;
  const known = catalogue.list().map(({ manifest }) => `${manifest.name} (${manifest.file})`);
  throw new SmarteyeError(
    "not_found",
    `Cannot serve: there are no weights in the model directory "${models.directory}", ` +
      `at least one of ${known.join(", ")} is wanted (SMARTEYE_MODELS, [models] directory)`,
  );
}

/**
 * Loads every entry; one that fails leaves the others serving.
 *
 * @throws {SmarteyeError} saying each failure, when none can be loaded.
 */
async function loadAll(repository: ModelRepository, entries: CatalogueEntry[]): Promise<void> {
  const failures: SmarteyeError[] = [];
  for (const { manifest } of entries) {
    await repository.load(manifest.name).catch((error) => {
      failures.push(asSmarteyeError(error, `load the model "${manifest.name}"`));
    });
  }
  const messages = failures.map(({ message }) => message);
  if (failures.length === entries.length) {
    throw new SmarteyeError(failures[0]!.code, messages.join("; "), { cause: failures[0] });
  }
  for (const message of messages) log.error("{message}", { message });
}
