/** `smarteye models eval`: how good and how fast models are on a data set. */

import { SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { chooseProvider } from "../../inference/accelerator/choose.ts";
import { evaluate } from "../../lab/evaluation/evaluate.ts";
import type { ModelRepository } from "../../inference/repository.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { openEngine } from "./engine.ts";
import { evalClassifiers } from "./eval/classifiers.ts";
import { evalDetectors } from "./eval/detectors.ts";
import type { EvalOptions, Infer, Report } from "./eval/options.ts";

const log = logger("eval");

/** Evaluates. @throws {SmarteyeError} when the data set is broken or a model cannot be run. */
export async function run(options: EvalOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { json, text } = await evaluateModels(options, deps);
  deps.print(options.json ? JSON.stringify(json) : text);
  return 0;
}

/** What comes of it. @throws {SmarteyeError} when the data set is broken or a model cannot be run. */
export async function evaluateModels(options: EvalOptions, deps: RoleDeps): Promise<Report> {
  const catalogue = await Catalogue.open(options.directory);
  const entries = chosen(catalogue, options.names);
  const { threads } = options;
  const { clock, drain: stop } = deps;
  const provider = await chooseProvider(options, { entry: entries[0]!, clock, stop });
  await using engine = openEngine(catalogue, { threads, provider }, deps);
  const isDetection = entries[0]!.manifest.service === "detection";
  const evaluateThem = isDetection ? evalDetectors : evalClassifiers;
  const infer = inferWith(engine.repository, options, deps);
  return await evaluateThem(entries, options, infer, stop);
}

/** The named models, all of one service; of no names, every detector that is here. */
function chosen(catalogue: Catalogue, names: readonly string[]): CatalogueEntry[] {
  for (const name of names) requireKnown(catalogue, name);
  const entries = names.length > 0
    ? [...new Set(names)].map((name) => catalogue.require(name))
    : catalogue.list("detection").filter(({ present }) => present);
  const [first] = entries;
  if (!first) {
    throw new SmarteyeError(
      "not_found",
      `Cannot evaluate: there is no detector in the model directory "${catalogue.directory}", ` +
        `at least one is wanted (SMARTEYE_MODELS, [models] directory)`,
    );
  }
  const other = entries.find(({ manifest }) => manifest.service !== first.manifest.service);
  if (!other) return entries;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot evaluate ${first.manifest.name} (${first.manifest.service}) beside ` +
      `${other.manifest.name} (${other.manifest.service}): models of one service are wanted`,
  );
}

function inferWith(
  repository: ModelRepository,
  { scoreThreshold, pixelsMax }: EvalOptions,
  { clock, drain, progress }: RoleDeps,
): Infer {
  return async (all, contenders) => {
    const evaluated = await evaluate(all, contenders, {
      repository,
      clock,
      scoreThreshold,
      pixelsMax,
      stop: drain,
      progress: (done, total) => progress?.(`${done}/${total} images`),
    });
    const { images, unreadable } = evaluated;
    if (unreadable > 0) log.warn("{n} images cannot be read and are left out", { n: unreadable });
    if (drain.aborted) {
      log.warn("stopped after {images} of {all} images", { images, all: all.length });
    }
    return evaluated;
  };
}
