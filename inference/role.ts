/** `smarteye serve`: an inference server. */

import { logger } from "../core/log.ts";
import { drained, type ExitStatus, type RoleDeps } from "../core/role.ts";
import { within } from "../core/within.ts";
import { Catalogue, type CatalogueEntry } from "../models/catalogue.ts";
import { chooseProvider } from "./accelerator/choose.ts";
import { workersOn } from "./accelerator/workers.ts";
import { InferenceEngine } from "./engine.ts";
import { MachineLoadMeter } from "./machine_load.ts";
import type { ServeOptions } from "./options.ts";
import { watchModels } from "./model_watch.ts";
import { loadAll, modelsToLoad } from "./preload.ts";
import { defaultProfilePath, ProfileCache } from "./profile_cache.ts";
import { openPorts } from "./ports.ts";
import { Telemetry } from "./telemetry.ts";
import { worthwhileWorkers } from "./worker_count.ts";
import { InferenceService } from "./service.ts";

const log = logger("inference");

/** Milliseconds that the watching of models may take to end. */
const WATCH_ENDS_MS = 1000;

/** Milliseconds that calls under way may take after the server was told to stop. */
const DRAIN_MS = 10_000;

/**
 * Listens, loads the models, serves until told to drain, drains.
 *
 * @throws {SmarteyeError} when no model can be loaded, the accelerator is missing, or the port is taken.
 */
export async function run(options: ServeOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { clock, drain } = deps;
  const { limits: { pixelsMax }, models } = options;
  const catalogue = await Catalogue.open(models.directory);
  const entries = modelsToLoad(catalogue, options);
  const { scoreThreshold } = models;
  const machine = new MachineLoadMeter(clock);
  const telemetry = new Telemetry(() => service.reading());
  const service: InferenceService = new InferenceService(
    { machine, clock, pixelsMax, scoreThreshold, telemetry },
  );
  // Before any model is loaded: whoever watches sees that it starts, and a port in use ends it at once.
  const ports = await openPorts(service, telemetry, options, clock);
  let engine: InferenceEngine | undefined;
  let watching: Promise<void> = Promise.resolve();
  try {
    engine = await openEngine(catalogue, entries, options, deps);
    const { repository, provider } = engine;
    await Promise.race([loadAll(repository, entries, drain), drained(drain)]);
    if (drain.aborted) return 0;
    service.serve(engine);
    const { grpc, http } = ports;
    const address = http ? `${grpc} (gRPC) and ${http} (HTTP)` : grpc;
    log.info("listening on {address} with {models}, {workers} workers on {provider}", {
      address,
      models: repository.ready().map(({ name }) => name).join(", "),
      workers: engine.workers,
      provider,
    });
    if (options.watchModels) {
      const wanted = (now: Catalogue) => now.select(options.preload).chosen;
      watching = watchModels({ repository, catalogue, wanted, clock }, drain);
    }
    if (options.json) {
      deps.print(JSON.stringify({ role: "serve", listen: grpc, ...(http ? { http } : {}) }));
    }
    deps.announce?.("ready");
    await drained(drain);
    log.info("finishing what is under way");
    return 0;
  } finally {
    await ports.close(DRAIN_MS);
    await engine?.close();
    await within(WATCH_ENDS_MS, watching, clock);
  }
}

async function openEngine(
  catalogue: Catalogue,
  entries: readonly CatalogueEntry[],
  options: ServeOptions,
  { clock, drain }: RoleDeps,
): Promise<InferenceEngine> {
  const { threads, queueLengthMax, batching } = options;
  const provider = await chooseProvider(options, { entry: entries[0]!, clock, stop: drain });
  const session = { threads, provider };
  const profiles = new ProfileCache(options.profiles ?? defaultProfilePath());
  const { cores } = options;
  const workers = options.workers === undefined && provider.kind === "cpu"
    ? await worthwhileWorkers({ entry: entries[0]!, session, cores, profiles, clock })
    : workersOn(provider, options.workers, cores);
  return InferenceEngine.open({
    ...{ catalogue, workers, session, queueLengthMax, batching, profiles, clock },
    pictures: "files",
  });
}
