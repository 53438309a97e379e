/** A directory with manifests and weights, as files. */

import { messageOf, SmarteyeError } from "../core/errors.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/**
 * Names of the files in a directory, sorted; none where it is missing.
 *
 * @throws {SmarteyeError} `invalid_argument` when it cannot be read.
 */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(directory), (entry) => entry.name);
    return names.sort();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the model directory "${directory}": ${messageOf(cause)}`,
      { cause },
    );
  }
}

/**
 * A manifest in a file.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is broken.
 */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    return parseManifest(JSON.parse(await Deno.readTextFile(path)), `"${path}"`);
  } catch (cause) {
    if (cause instanceof SmarteyeError) throw cause;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the manifest "${path}": ${messageOf(cause)}, a JSON object is wanted`,
      { cause },
    );
  }
}
