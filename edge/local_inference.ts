/** Inference on this machine: its Workers and the models in them. */

import type { Clock } from "../core/clock.ts";
import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { Picture } from "../core/frame.ts";
import type { InferRequest } from "../core/infer.ts";
import { logger } from "../core/log.ts";
import type { ModelProfile } from "../core/model.ts";
import { chooseProvider } from "../inference/accelerator/choose.ts";
import { workersOn } from "../inference/accelerator/workers.ts";
import { referenceOf } from "../core/reference.ts";
import { InferenceEngine } from "../inference/engine.ts";
import { defaultProfilePath, ProfileCache } from "../inference/profile_cache.ts";
import { CPU, type Provider } from "../inference/provider.ts";
import type { Inferred, ModelRepository } from "../inference/repository.ts";
import type { Catalogue } from "../models/catalogue.ts";
import { warnOfUnrated } from "../models/unrated.ts";
import type { EdgeOptions } from "./options.ts";

const log = logger("edge");

/** Jobs that may wait for a Worker: more than the executor of local tasks ever lets come. */
const JOBS_MAX = 1024;

/** What runs need of inference here. */
export interface LocalInference {
  /** Tasks under way that keep the Workers busy. */
  readonly slots: number;
  /** Workers that infer. */
  readonly workers: number;
  /** Models that can infer here. */
  readonly models: readonly ModelProfile[];
  /** Infers a picture. @throws {SmarteyeError} when it cannot be done. */
  infer(picture: Picture, request: InferRequest): Promise<Pick<Inferred, "findings" | "timingsMs">>;
}

/** Inference here as it was opened. */
export interface OpenedLocalInference extends LocalInference {
  /** Why a model is missing: the first that cannot be loaded, or that there is none. */
  readonly missing: SmarteyeError;
  /** Stops the Workers. */
  close(): Promise<void>;
}

/** The options that local inference depends on. */
export type LocalOptions = Pick<
  EdgeOptions,
  "service" | "model" | "models" | "edgeModels" | "localWorkers" | "cores" | "gpu" | "ortLib"
>;

/**
 * Starts the Workers and loads the models that may infer here; none may be there.
 *
 * @throws {SmarteyeError} `failed_precondition` when an accelerator that is asked for does not work.
 */
export async function openLocalInference(
  options: LocalOptions,
  catalogue: Catalogue,
  clock: Clock,
): Promise<OpenedLocalInference> {
  const names = namesOf(catalogue, options);
  const provider = await providerFor(names, catalogue, options, clock);
  const engine = InferenceEngine.open({
    catalogue,
    workers: workersOn(provider, options.localWorkers, options.cores),
    session: { threads: 1, provider },
    queueLengthMax: JOBS_MAX,
    profiles: new ProfileCache(defaultProfilePath()),
    clock,
  });
  const { repository, slots, workers } = engine;
  try {
    const missing = await loadModels(repository, names, options);
    if (provider.kind !== "cpu") {
      log.info("{workers} workers infer here on {provider}", {
        workers,
        provider: engine.provider,
      });
    }
    return {
      ...{ slots, workers },
      models: repository.ready(options.service),
      missing,
      infer: (picture, request) => repository.infer(picture, request),
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** What the models run on; the first that is here proves it. */
async function providerFor(
  names: readonly string[],
  catalogue: Catalogue,
  { gpu, ortLib }: LocalOptions,
  clock: Clock,
): Promise<Provider> {
  const entry = names.map((name) => catalogue.find(name)).find((known) => known?.present);
  return entry ? await chooseProvider({ gpu, ortLib }, { entry, clock }) : CPU;
}

/** Loads what is meant. @returns why a model is missing: the first failure, or that there is none. */
async function loadModels(
  repository: ModelRepository,
  names: readonly string[],
  options: LocalOptions,
): Promise<SmarteyeError> {
  const failures: SmarteyeError[] = [];
  for (const name of names) {
    await repository.load(name).catch((error) => {
      failures.push(asSmarteyeError(error, `load the model "${name}"`));
    });
  }
  // With no model left, the caller says why; else whoever expected one more must hear of it here.
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

function namesOf(catalogue: Catalogue, options: LocalOptions): string[] {
  const { service, model, models, edgeModels } = options;
  if (model !== undefined) return [model];
  const listed = edgeModels.length > 0 ? edgeModels : models[service];
  const { chosen, missing } = catalogue.select(listed, service);
  if (missing.length > 0) log.warn("left out here: {missing}", { missing: missing.join(", ") });
  const manifests = chosen.map(({ manifest }) => manifest);
  warnOfUnrated(manifests);
  return manifests.map(referenceOf);
}
