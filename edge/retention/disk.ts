/** How much room a disk has, and how much of it is left alone. */

import { statfsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { KeptFree } from "./options.ts";

/** A file system. */
export interface Disk {
  /** Bytes that whoever asks may still write. */
  readonly freeBytes: number;
  /** Bytes that it has. */
  readonly bytes: number;
}

/** Bytes that are kept free where nothing is said, and the share of a disk that they are at most. */
const AUTO_BYTES = 1e9;
const AUTO_SHARE = 0.05;

/** The disk that a path is on; `undefined` where that cannot be told. */
export async function diskOf(path: string): Promise<Disk | undefined> {
  return await statfs(path).then(diskFrom, () => undefined);
}

/** The same, for a thread that may wait. */
export function diskOfSync(path: string): Disk | undefined {
  try {
    return diskFrom(statfsSync(path));
  } catch {
    return undefined;
  }
}

/** Bytes that are to stay free on a disk. */
export function keptBytes(kept: KeptFree | undefined, { bytes }: Pick<Disk, "bytes">): number {
  if (kept === undefined) return 0;
  if (kept === "auto") return Math.min(AUTO_BYTES, AUTO_SHARE * bytes);
  return "bytes" in kept ? kept.bytes : kept.share * bytes;
}

function diskFrom(
  { bavail, blocks, bsize }: { readonly bavail: number; readonly blocks: number; bsize: number },
): Disk {
  return { freeBytes: bavail * bsize, bytes: blocks * bsize };
}
