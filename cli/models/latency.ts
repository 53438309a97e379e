/** What is known of a model's speed on this machine, without measuring anything. */

import { cpus } from "node:os";
import { z } from "zod";
import { defaultProfilePath } from "../../inference/profile_cache.ts";
import type { Manifest } from "../../models/manifest.ts";

/** Milliseconds, or what holds their median. */
const Profiles = z.record(
  z.string(),
  z.union([
    z.number().positive(),
    z.looseObject({ p50: z.number().positive() }).transform(({ p50 }) => p50),
  ]),
);

/** A latency that was measured on this machine. */
export interface Measured {
  /** Milliseconds of one inference. */
  readonly ms: number;
  /** What it ran on: `cpu, 1 thread`. */
  readonly on: string;
}

/** Looks up kept latencies: the least of a model's, for the weights that its manifest names. */
export async function keptLatencies(
  path: string = defaultProfilePath(),
): Promise<(manifest: Manifest) => Measured | undefined> {
  const profiles = await read(path);
  const processor = cpus()[0]?.model ?? "unknown processor";
  return ({ name, sha256 }) => {
    const start = [name, sha256, processor, ""].join(" | ");
    return Object.entries(profiles)
      .filter(([key]) => key.startsWith(start))
      .map(([key, ms]) => ({ ms, on: key.slice(start.length).replaceAll(" | ", ", ") }))
      .sort((a, b) => a.ms - b.ms)[0];
  };
}

/** A file that is not there or not readable: nothing is known, and it will be measured again. */
async function read(path: string): Promise<Record<string, number>> {
  try {
    return Profiles.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch {
    return {};
  }
}
