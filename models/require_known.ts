/** A model that a user named: one that nobody knows is a mistake in what was typed. */

import type { Service } from "../core/detection.ts";
import { isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { Catalogue, CatalogueEntry } from "./catalogue.ts";

/**
 * The model of that name, with or without weights. A server answers "not found" to a stranger who
 * asks for a model; to the user whose own command line or config names it, it is a wrong argument.
 *
 * @param service what the model has to do, where that matters.
 * @throws {SmarteyeError} `invalid_argument` when the model is not known or does something else.
 */
export function requireKnown(
  catalogue: Catalogue,
  name: string,
  service?: Service,
): CatalogueEntry {
  const entry = known(catalogue, name);
  const does = entry.manifest.service;
  if (service === undefined || service === does) return entry;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot use the model "${name}" for ${service}: it does ${does}, ` +
      `a model for ${service} is wanted ("smarteye models list -s ${service}" tells them)`,
  );
}

function known(catalogue: Catalogue, name: string): CatalogueEntry {
  try {
    return catalogue.known(name);
  } catch (cause) {
    if (!isSmarteyeError(cause, "not_found")) throw cause;
    const isFile = /\.onnx$/i.test(name);
    const how = isFile ? `; a file becomes one by "smarteye models add ${name}"` : "";
    throw new SmarteyeError("invalid_argument", cause.message + how, { cause });
  }
}
