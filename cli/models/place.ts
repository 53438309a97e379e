/** Puts models into the model directory: whole files, or none. */

import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { briefReference, referenceOf } from "../../core/reference.ts";
import type { Manifest } from "../../models/manifest.ts";

/** What is put there of a model. */
export interface Placed {
  /** How it is used, if that is to be written. */
  readonly manifest?: Manifest;
  /** Its weights, if they are to be written, under the name by which a manifest looks for them. */
  readonly weights?: { readonly file: string; readonly bytes: Uint8Array };
}

/**
 * Writes a model's weights and its manifest, the manifest last: it makes the model known.
 *
 * @throws {SmarteyeError} `failed_precondition` when they cannot be written; nothing is left then.
 */
export async function placeModel(
  directory: string,
  { manifest, weights }: Placed,
): Promise<void> {
  const parts: (readonly [path: string, content: Uint8Array])[] = [];
  if (weights) parts.push([join(directory, weights.file), weights.bytes]);
  if (manifest) {
    const content = new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n");
    parts.push([await manifestPath(directory, manifest), content]);
  }
  const beside = (path: string) => `${path}.adding`;
  try {
    await Deno.mkdir(directory, { recursive: true });
    for (const [path, content] of parts) await Deno.writeFile(beside(path), content);
    for (const [path] of parts) await Deno.rename(beside(path), path);
  } catch (cause) {
    for (const [path] of parts) await Deno.remove(beside(path)).catch(() => {});
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot put the model into "${directory}": ${messageOf(cause)}; a directory that can be ` +
        `written to is wanted (SMARTEYE_MODELS, [models] directory)`,
      { cause },
    );
  }
}

/** Where a manifest has to be to count among others of its name and version. */
export async function manifestPath(directory: string, manifest: Manifest): Promise<string> {
  const exact = join(directory, `${referenceOf(manifest)}.json`);
  const isThere = await Deno.stat(exact).then(({ isFile }) => isFile, () => false);
  return isThere ? exact : join(directory, `${briefReference(manifest)}.json`);
}
