/**
 * The executable around the Deno that builds it: a shell script with an archive behind it, which
 * unpacks itself once. For where Deno's own way, `deno compile`, finds no base binary.
 */

import { join } from "node:path";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import project from "../deno.json" with { type: "json" };
import { PERMISSIONS } from "../core/executable.ts";
import { contents, writeArchive } from "./archive.ts";
import { copyFile } from "./sources.ts";

/** The systems whose `sh` can run such a file. */
export const PACKED_SYSTEMS: readonly string[] = ["linux", "darwin"];

/** Told now and then while packing: bytes packed so far, and of how many. */
export type OnPacked = (bytes: number, of: number) => void;

/**
 * Writes the executable.
 *
 * @param tree a directory that holds the laid-out program as `app`; Deno is put beside it.
 * @param out the file to write.
 * @param level gzip's, 1 (soonest) to 9 (smallest).
 */
export async function pack(
  tree: string,
  out: string,
  onPacked: OnPacked,
  level: number,
): Promise<void> {
  await copyFile(Deno.execPath(), join(tree, "deno"), true);
  const { paths, bytes } = await contents(tree);
  const archive = `${out}.archive`;
  try {
    const tell = (done: number) => onPacked(done, bytes);
    const hash = await writeArchive(tree, paths, archive, tell, level);
    await Deno.writeTextFile(out, await stub(hash, bytes));
    await pipeline(createReadStream(archive), createWriteStream(out, { flags: "a" }));
  } finally {
    await Deno.remove(archive).catch(() => {});
  }
  await Deno.chmod(out, 0o755);
}

/**
 * The script, for an archive of that hash which unpacks to that many bytes. The archive begins at
 * the byte behind it, counted from 1, and that number stands in the script itself.
 */
export async function stub(hash: string, bytes: number): Promise<string> {
  const template = await Deno.readTextFile(new URL("./stub.sh", import.meta.url));
  const values: Record<string, string> = {
    VERSION: project.version,
    PLATFORM: Deno.build.target,
    HASH: hash,
    MEGABYTES: String(Math.ceil(bytes / 1e6)),
    PERMISSIONS: PERMISSIONS.join(" "),
  };
  const text = template.replace(/@(VERSION|PLATFORM|HASH|MEGABYTES|PERMISSIONS)@/g, (_, name) => {
    return values[name]!;
  });
  let filled = text;
  for (let size = -1; size !== filled.length;) {
    size = filled.length;
    filled = text.replaceAll("@OFFSET@", String(size + 1));
  }
  return filled;
}
