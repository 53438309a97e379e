/** Weights that somebody publishes → a file in the model directory, the very one, or none. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { CatalogueEntry } from "../catalogue.ts";
import { Interrupted } from "./call.ts";
import type { Manifest } from "../manifest.ts";
import { PartFile } from "./part_file.ts";
import { fill, type PullDeps, unfit } from "./transfer.ts";

const log = logger("models");

/** How a pull ended well. */
export interface Pulled {
  /** Whether the weights came now, or were there already. */
  readonly outcome: "pulled" | "present";
  /** Where they are. */
  readonly path: string;
  /** How many bytes they are. */
  readonly bytes: number;
}

/**
 * Brings a model's weights into a directory. What was interrupted is gone on with; what is not what
 * the manifest says is never placed.
 *
 * @throws {SmarteyeError} when nobody publishes the weights, they cannot be had or written, they are
 * not the right ones, or `drain` aborts.
 */
export async function pull(
  { manifest, path: known, present }: CatalogueEntry,
  directory: string,
  deps: PullDeps,
): Promise<Pulled> {
  if (present && await isRight(known, manifest)) return presentAt(known);
  const path = join(directory, manifest.file);
  const url = urlOf(manifest, path);
  await makeDirectory(directory);
  await using part = await PartFile.open(`${path}.part`, { url, sha256: manifest.sha256 });
  // Another pull may have ended while this one waited.
  if (!present && await isRight(path, manifest)) return presentAt(path);
  const resumed = part.length > 0;
  if (resumed) log.info("{name}: goes on after {bytes} bytes", { ...manifest, bytes: part.length });
  try {
    await fill(part, url, manifest, deps);
    if (part.sha256() !== manifest.sha256 && resumed) {
      log.warn("{name}: what was here before does not fit, it starts anew", { ...manifest });
      await part.restart(undefined);
      await fill(part, url, manifest, deps);
    }
  } catch (error) {
    throw error instanceof Interrupted ? givenUp(error, part, url, manifest, deps) : error;
  }
  const found = part.sha256();
  if (found !== manifest.sha256) {
    await part.discard();
    throw unfit(url, manifest, `its sha256 is ${found}, ${manifest.sha256} is wanted`);
  }
  await part.place(path);
  return { outcome: "pulled", path, bytes: part.length };
}

/** Of a file, read piece by piece. */
async function isRight(path: string, { name, sha256 }: Manifest): Promise<boolean> {
  const hash = createHash("sha256");
  try {
    using file = await Deno.open(path);
    for await (const chunk of file.readable) hash.update(chunk);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot read the weights "${path}": ${messageOf(cause)}, a file that can be read is wanted`,
      { cause },
    );
  }
  const found = hash.digest("hex");
  if (found === sha256) return true;
  log.warn("{name}: {path} has the sha256 {found}, {sha256} is wanted: it will be replaced", {
    name,
    path,
    found,
    sha256,
  });
  return false;
}

async function presentAt(path: string): Promise<Pulled> {
  return { outcome: "present", path, bytes: (await Deno.stat(path)).size };
}

function urlOf({ name, url, source, sha256 }: Manifest, path: string): string {
  if (url !== undefined) return url;
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot pull the model "${name}": its manifest has no url, since nobody is known to publish ` +
      `that very file. It comes from ${source}: a copy of it at ${path} is enough, with the sha256 ` +
      `${sha256}; "smarteye models add FILE" checks it and puts it there`,
  );
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot make the model directory "${directory}": ${
        messageOf(cause)
      }, another one is wanted ` +
        `(SMARTEYE_MODELS, [models] directory)`,
      { cause },
    );
  }
}

function givenUp(
  cause: Interrupted,
  part: PartFile,
  url: string,
  { name }: Manifest,
  { drain }: PullDeps,
): SmarteyeError {
  const kept = part.length === 0
    ? "nothing has come"
    : `${part.length} bytes are kept in ${part.path}, the same command goes on from there`;
  return new SmarteyeError(
    drain.aborted ? "cancelled" : "unavailable",
    `Cannot pull the model "${name}" from ${url}: ${cause.message}; ${kept}`,
    { cause },
  );
}
