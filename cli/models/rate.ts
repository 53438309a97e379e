/** How good a model is, as its user says: what policies rank it by. */

import { briefReference } from "../../core/reference.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { ratedManifest, type Rating, ratingText } from "../../models/accuracy.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { manifestPath, placeModel } from "./place.ts";

/** Options of `smarteye models rate`. */
export interface RateOptions {
  /** The model directory. */
  readonly directory: string;
  /** The model. */
  readonly name: string;
  /** How good it is. */
  readonly rating: Rating;
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
  { print }: RoleDeps,
): Promise<ExitStatus> {
  const { manifest } = requireKnown(await Catalogue.open(directory), name);
  const rated = ratedManifest(manifest, rating);
  await placeModel(directory, { manifest: rated });
  print(
    json
      ? JSON.stringify(rated)
      : `${briefReference(rated)} is ${ratingText(rated)}, in ${await manifestPath(
        directory,
        rated,
      )}; until now it was ${ratingText(manifest)}`,
  );
  return 0;
}
