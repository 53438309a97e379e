/** A directory as one compressed archive, the same bytes for the same files. */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import * as tar from "tar";

/** How much is squeezed unless another level is asked for: more takes twice the time for one percent. */
export const GZIP_LEVEL = 6;

/** Every file and link below `directory` in a fixed order, and the sum of the files' sizes. */
export async function contents(
  directory: string,
): Promise<{ paths: string[]; bytes: number }> {
  const paths: string[] = [];
  let bytes = 0;
  const visit = async (below: string) => {
    for await (const { name, isDirectory } of Deno.readDir(join(directory, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      if (isDirectory) {
        await visit(path);
        continue;
      }
      paths.push(path);
      bytes += (await Deno.lstat(join(directory, path))).size;
    }
  };
  await visit("");
  return { paths: paths.sort(), bytes };
}

/**
 * Writes a compressed archive that depends on nothing but names, modes and contents, so that the
 * same program is the same archive on every day and for every builder.
 *
 * @param onBytes told how many bytes have gone in.
 * @param level gzip's, 1 (soonest) to 9 (smallest).
 * @returns the archive's hash, short enough for a directory's name.
 */
export async function writeArchive(
  directory: string,
  paths: readonly string[],
  archive: string,
  onBytes: (bytes: number) => void,
  level: number = GZIP_LEVEL,
): Promise<string> {
  const packing = tar.create({
    cwd: directory,
    portable: true, // no owners, no times of access
    mtime: new Date(0),
    noDirRecurse: true,
  }, [...paths]);
  const hash = createHash("sha256");
  let done = 0;
  await pipeline(
    packing,
    passing((chunk) => onBytes(done += chunk.length)),
    createGzip({ level }),
    passing((chunk) => hash.update(chunk)),
    createWriteStream(archive),
  );
  return hash.digest("hex").slice(0, 24);
}

/** A stream that lets everything through and shows it. */
function passing(see: (chunk: Uint8Array) => void): Transform {
  return new Transform({
    transform(chunk, _encoding, next) {
      see(chunk);
      next(null, chunk);
    },
  });
}
