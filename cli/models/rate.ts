/** How good a model is, as its user says or as it does on labelled images: what policies rank it by. */

import { SmarteyeError } from "../../core/errors.ts";
import { briefReference } from "../../core/reference.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { ratedManifest, type Rating, ratingText } from "../../models/accuracy.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { evaluateModels } from "./eval.ts";
import type { EvalOptions } from "./eval/options.ts";
import { manifestPath, placeModel } from "./place.ts";

/** Options of `smarteye models rate`. */
export interface RateOptions {
  /** The model directory. */
  readonly directory: string;
  /** The model. */
  readonly name: string;
  /** How good it is, or what it is measured on. */
  readonly rating: Rating | EvalOptions;
  /** Print the manifest, and nothing else. */
  readonly json: boolean;
}

/**
 * Writes the rating into the model's manifest; into one of the model directory, where the model is one
 * that comes with the program.
 *
 * @throws {SmarteyeError} when the model is not known, is not rated so, or cannot be written.
 */
export async function run(
  { directory, name, rating, json }: RateOptions,
  deps: RoleDeps,
): Promise<ExitStatus> {
  const { manifest } = requireKnown(await Catalogue.open(directory), name);
  const rated = ratedManifest(
    manifest,
    "accuracy" in rating ? rating : await measure(rating, deps),
  );
  await placeModel(directory, { manifest: rated });
  deps.print(
    json
      ? JSON.stringify(rated)
      : `${briefReference(rated)} is ${ratingText(rated)}, in ${await manifestPath(
        directory,
        rated,
      )}; until now it was ${ratingText(manifest)}`,
  );
  return 0;
}

/** The rating of the only model. */
async function measure(options: EvalOptions, deps: RoleDeps): Promise<Rating> {
  const { accuracies: [accuracy] } = await evaluateModels(options, deps);
  if (accuracy && !deps.drain.aborted) return { accuracy };
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot rate the model "${options.names[0]}" by "${options.data[0]}": ` +
      (deps.drain.aborted
        ? "it was stopped before all images were seen"
        : "it knows no object there"),
  );
}
