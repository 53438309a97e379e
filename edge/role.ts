/** `smarteye edge`: one run over one source. */

import { asSmarteyeError, messageOf, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { ModelProfile } from "../core/model.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { InferenceEngine } from "../inference/engine.ts";
import { defaultProfilePath, ProfileCache } from "../inference/profile_cache.ts";
import { CPU } from "../inference/provider.ts";
import { type ModelRepository, profileOf } from "../inference/repository.ts";
import { Catalogue } from "../models/catalogue.ts";
import { requireKnown } from "../models/require_known.ts";
import { loadControlPolicy } from "../policies/registry.ts";
import { openSource } from "./capture/open_source.ts";
import { CloudView } from "./cloud.ts";
import { DecisionEngine } from "./decision_engine.ts";
import { Estimates } from "./estimates.ts";
import { OffloadClient } from "./offload_client.ts";
import type { EdgeOptions } from "./options.ts";
import { Pipeline } from "./pipeline.ts";
import { ProgressLine } from "./progress.ts";
import { Results } from "./sink/results.ts";

const log = logger("edge");

/**
 * Reads the source to its end (or until told to drain), infers every frame here or in the cloud,
 * stores the results.
 *
 * @throws {SmarteyeError} when the run cannot start, or ended early; what there was is stored.
 */
export async function run(options: EdgeOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { clock, rng, drain } = deps;
  const policy = await loadControlPolicy(options.controlPolicy);
  const catalogue = await Catalogue.open(options.models.directory);
  await using cleanup = new AsyncDisposableStack();

  const source = await openSource(options.source, { pixelsMax: options.pixelsMax });
  cleanup.defer(() => source.close());
  const results = await Results.open(options.resultsDirectory, options.images, clock);

  const { repository } = cleanup.use(InferenceEngine.open({
    catalogue,
    workers: options.localWorkers,
    session: { threads: 1, provider: CPU },
    queueLengthMax: options.queueLengthMax + options.offloadsMax,
    profiles: new ProfileCache(defaultProfilePath()),
    clock,
  }));
  const missing = await loadLocalModels(repository, catalogue, options);

  const client = new OffloadClient(options.forwarderUrl, options.offloadsMax);
  cleanup.defer(() => client.close());
  const cloud = new CloudView(
    client,
    expectedCloudModels(catalogue, options),
    ({ name, service }) =>
      service === options.service && (options.model === undefined || name === options.model),
  );
  await cloud.refresh();
  const localModels = repository.ready(options.service);
  if (localModels.length === 0) {
    if (!cloud.available || cloud.models.length === 0) {
      if (options.model !== undefined) requireKnown(catalogue, options.model, options.service);
      throw missing;
    }
    log.warn("every frame depends on the cloud: {missing}", { missing: messageOf(missing) });
  }
  const stopWatching = new AbortController();
  const watching = cloud.watch(options.monitorIntervalMs, clock, stopWatching.signal);
  cleanup.defer(async () => {
    stopWatching.abort();
    await watching;
  });

  const estimates = new Estimates();
  const engine = new DecisionEngine({ policy, localModels, cloud, estimates, rng }, options);
  const pipeline = new Pipeline({
    source,
    engine,
    estimates,
    infer: (picture, request) => repository.infer(picture, request),
    client,
    store: (frame, ending, record) => results.store(frame, ending, record),
    clock,
    drain,
  }, options);

  log.info("{source} under {policy}, results in {directory}", {
    source: source.description,
    policy: policy.name,
    directory: results.directory,
  });
  using _progress = new ProgressLine(pipeline, source, deps);
  const startMs = clock.nowMs();
  const failure = await pipeline.run();
  const summary = pipeline.statistics.summary({
    source: source.description,
    policy: policy.name,
    ledger: pipeline.ledger,
    wallMs: clock.nowMs() - startMs,
    ...(failure ? { error: failure.message } : {}),
  });
  const stored = await results.close(summary).catch((error) => error);
  if (options.json) deps.print(JSON.stringify(summary));
  const ended = failure ?? stored ?? nothingInferred(pipeline);
  if (ended) throw ended;
  log.info(
    "{captured} frames: {local} here, {cloud} in the cloud, {rest} neither; {fps} frames/s",
    {
      ...summary.frames,
      rest: summary.frames.filtered + summary.frames.dropped + summary.frames.failed,
      fps: summary.fps,
    },
  );
  return 0;
}

/**
 * Loads the models that may infer here. An edge without any can still offload.
 *
 * @returns why a model is missing here: the first that cannot be loaded, or that there is none.
 */
async function loadLocalModels(
  repository: ModelRepository,
  catalogue: Catalogue,
  options: EdgeOptions,
): Promise<SmarteyeError> {
  const failures: SmarteyeError[] = [];
  for (const name of localNames(catalogue, options)) {
    await repository.load(name).catch((error) => {
      failures.push(asSmarteyeError(error, `load the model "${name}"`));
    });
  }
  // With no model left, the caller says why; else whoever expected one more must be told here.
  if (repository.ready(options.service).length > 0) {
    for (const { message } of failures) log.error("{message}", { message });
  }
  return failures[0] ?? new SmarteyeError(
    "not_found",
    `Cannot infer here: there are no weights in the model directory ` +
      `"${options.models.directory}", those of a ${options.service} model are wanted ` +
      `(SMARTEYE_MODELS, [models] directory; "smarteye models list" tells what there is)`,
  );
}

function localNames(catalogue: Catalogue, options: EdgeOptions): string[] {
  const { service, model, models, edgeModels } = options;
  if (model !== undefined) return [model];
  const listed = edgeModels.length > 0 ? edgeModels : models[service];
  const { chosen, missing } = catalogue.select(listed, service);
  if (missing.length > 0) log.warn("left out here: {missing}", { missing: missing.join(", ") });
  return chosen.map(({ manifest }) => manifest.name);
}

/**
 * What the cloud is reckoned to offer until it says so itself: the model that was asked for, or those
 * that this edge would use, or where it has none, any that is known.
 */
function expectedCloudModels(catalogue: Catalogue, options: EdgeOptions): ModelProfile[] {
  const { service, model, models } = options;
  const known = catalogue.list(service);
  const { chosen } = catalogue.select(models[service], service);
  const expected = model !== undefined
    ? known.filter(({ manifest }) => manifest.name === model)
    : chosen.length > 0
    ? chosen
    : known;
  return expected.map((entry) => profileOf(entry, undefined));
}

function nothingInferred({ ledger }: Pipeline): SmarteyeError | undefined {
  const { captured, local, cloud, filtered, dropped, failed } = ledger.counts();
  if (captured === 0 || local + cloud + filtered > 0) return undefined;
  return new SmarteyeError(
    "failed_precondition",
    `Cannot do anything with the ${captured} frames: ${failed} failed, ${dropped} were dropped; ` +
      `results.jsonl says why`,
  );
}
