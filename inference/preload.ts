/** The models that a server has loaded when it begins to serve. */

import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { referenceOf } from "../core/reference.ts";
import type { Catalogue, CatalogueEntry } from "../models/catalogue.ts";
import { requireKnown } from "../models/require_known.ts";
import { warnOfUnrated } from "../models/unrated.ts";
import type { ServeOptions } from "./options.ts";
import type { ModelRepository } from "./repository.ts";

const log = logger("inference");

/**
 * Finds the models to load. Those whose weights are not here are left out, as long as others are.
 *
 * @throws {SmarteyeError} `invalid_argument` when the command line names a model that is not known;
 * `not_found` when there are no weights at all, or of no model that the command line names.
 */
export function modelsToLoad(
  catalogue: Catalogue,
  { preload, preloadNamedBy }: Pick<ServeOptions, "preload" | "preloadNamedBy">,
): CatalogueEntry[] {
  if (preloadNamedBy === "flag") assertMeant(catalogue, preload);
  const { chosen, missing } = catalogue.select(preload);
  for (const name of missing) log.warn("left out of the models to load: {name}", { name });
  warnOfUnrated(chosen.map(({ manifest }) => manifest));
  if (chosen.length > 0) return chosen;
  const known = catalogue.list().map(({ manifest }) => `${manifest.name} (${manifest.file})`);
  throw new SmarteyeError(
    "not_found",
    `Cannot serve: there are no weights in the model directory "${catalogue.directory}", ` +
      `at least one of ${known.join(", ")} is wanted (SMARTEYE_MODELS, [models] directory)`,
  );
}

/** Who types names means them: no others are served in their place. */
function assertMeant(catalogue: Catalogue, names: readonly string[]): void {
  for (const name of names) requireKnown(catalogue, name);
  const isThere = names.some((name) => catalogue.known(name).present);
  if (names.length > 0 && !isThere) catalogue.require(names[0]!);
}

/**
 * Loads every entry; one that fails leaves the others serving.
 *
 * @param stop ends it before the next model.
 * @throws {SmarteyeError} saying each failure, when none can be loaded.
 */
export async function loadAll(
  repository: ModelRepository,
  entries: readonly CatalogueEntry[],
  stop: AbortSignal,
): Promise<void> {
  const failures: SmarteyeError[] = [];
  for (const { manifest } of entries) {
    if (stop.aborted) return;
    const { name } = manifest;
    await repository.load(referenceOf(manifest)).catch((error) => {
      failures.push(asSmarteyeError(error, `load the model "${name}"`));
    });
  }
  if (stop.aborted) return;
  const messages = failures.map(({ message }) => message);
  if (failures.length === entries.length) {
    throw new SmarteyeError(failures[0]!.code, messages.join("; "), { cause: failures[0] });
  }
  for (const message of messages) log.error("{message}", { message });
}
