/** A directory with manifests and weights, as files. */

import { join } from "node:path";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** Bytes that a manifest may have: annotations and other large JSON files are not read at all. */
const MANIFEST_BYTES_MAX = 4 << 20;

/** A file that looks like a manifest and is none that can be used. */
export interface PassedOver {
  /** Its path. */
  readonly path: string;
  /** Why, in a sentence with the path. */
  readonly why: string;
  /** See `stampOf`. */
  readonly stamp: string;
}

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
 * What tells one state of a file from another without reading it: its size, when it was written, and
 * which file it is, so that one that was renamed over another is seen too. Empty where there is none.
 */
export async function stampOf(path: string): Promise<string> {
  try {
    const { isFile, size, mtime, ino } = await Deno.stat(path);
    return isFile ? `${size} ${mtime?.getTime() ?? 0} ${ino ?? 0}` : "";
  } catch {
    return "";
  }
}

/**
 * A manifest in a file.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is broken.
 */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new Error("it is no file"); // a pipe would be read for ever
    if (size > MANIFEST_BYTES_MAX) {
      throw new Error(`it has ${size} bytes, at most ${MANIFEST_BYTES_MAX} are allowed`);
    }
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

/**
 * The manifests of a directory's files (`*.json`), by file. What cannot be used is passed over.
 *
 * @param check throws where a manifest parses and still cannot be used.
 */
export async function manifestsIn(
  directory: string,
  files: readonly string[],
  check: (manifest: Manifest) => void,
): Promise<{ manifests: [path: string, manifest: Manifest][]; passedOver: PassedOver[] }> {
  const manifests: [string, Manifest][] = [];
  const passedOver: PassedOver[] = [];
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    const path = join(directory, file);
    try {
      const manifest = await readManifest(path);
      check(manifest);
      manifests.push([path, manifest]);
    } catch (error) {
      passedOver.push({ path, why: messageOf(error), stamp: await stampOf(path) });
    }
  }
  return { manifests, passedOver };
}
