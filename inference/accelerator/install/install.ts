/** `smarteye gpu install`: onnxruntime with CUDA, into the user's data directory. */

import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";
import { type CudaRuntime, lacksDriver, loadCudaRuntime } from "../cuda_runtime.ts";
import { pip, pipVersion } from "./pip.ts";
import { FOR_PYTHON, requirement, type Wheel } from "./wheels.ts";

/** How pip is told which wheels: these files, for that Python, and nothing that they depend on. */
const ONLY_THESE = [
  ...["--no-deps", "--require-hashes", "--only-binary", ":all:", "--python-version", FOR_PYTHON],
] as const;

/** What an installation is made of. */
export interface Installation {
  /** What is fetched. */
  readonly wheels: readonly Wheel[];
  /** Where it is put: there whole, or not at all. */
  readonly directory: string;
  /** Stalls go by it. */
  readonly clock: Clock;
  /** Stops it. */
  readonly drain: AbortSignal;
  /** Called with what is being done, and how far it is. */
  readonly progress?: (doing: string, bytes: number, total: number) => void;
  /** Loads what was unpacked. */
  readonly load?: (directory: string) => Promise<CudaRuntime>;
  /** Further variables of pip's environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Bytes that an installation takes. */
export interface InstallationBytes {
  /** That are fetched. */
  readonly fetched: number;
  /** That stay. */
  readonly stays: number;
  /** That must be free: wheels and what is in them lie beside each other for a while. */
  readonly needed: number;
}

/** What an installation takes. */
export function bytesOf(wheels: readonly Wheel[]): InstallationBytes {
  const sum = (of: (wheel: Wheel) => number) => wheels.reduce((sum, wheel) => sum + of(wheel), 0);
  const fetched = sum(({ bytes }) => bytes);
  const stays = sum(({ unpacked }) => unpacked);
  return { fetched, stays, needed: fetched + stays };
}

/**
 * Fetches the wheels, unpacks them beside their place, loads what can be loaded, and puts them there.
 * What was fetched whole is kept when it fails, and is not fetched again.
 *
 * @returns what was loaded: without a driver, a problem is left.
 * @throws {SmarteyeError} `failed_precondition` when there is no pip or no room, when pip fails, or what
 * came cannot be loaded; `cancelled` when it was to stop.
 */
export async function install(installation: Installation): Promise<CudaRuntime> {
  const { directory, wheels, load = loadCudaRuntime } = installation;
  const part = `${directory}.part`;
  const place = {
    wheels: join(part, "wheels"),
    temporary: join(part, "tmp"),
    tree: join(part, "tree"),
  };
  await pipVersion(installation.clock);
  await remove(place.temporary);
  await remove(place.tree);
  try {
    for (const path of Object.values(place)) await Deno.mkdir(path, { recursive: true });
    await assertRoom(part, wheels, await bytesIn(place.wheels));
    for (const wheel of wheels) await fetchWheel(wheel, place, installation);
    await unpack(place, installation);
    const runtime = await load(place.tree);
    assertLoaded(runtime);
    await remove(directory); // what could not be loaded, or is of an older make
    await Deno.rename(place.tree, directory);
    await remove(part);
    return runtime;
  } catch (cause) {
    await remove(place.temporary);
    await remove(place.tree);
    const { message } = cause as Error;
    throw new SmarteyeError(
      cause instanceof SmarteyeError ? cause.code : "failed_precondition",
      `Cannot install onnxruntime with CUDA: ${message}; what was fetched is kept in ${part}, and ` +
        `the next try goes on from there`,
      { cause },
    );
  }
}

type Place = { readonly wheels: string; readonly temporary: string; readonly tree: string };

async function assertRoom(part: string, wheels: readonly Wheel[], here: number): Promise<void> {
  const { bavail, bsize } = await statfs(part);
  const free = bavail * bsize;
  const needed = bytesOf(wheels).needed - here;
  if (free >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new SmarteyeError(
    "failed_precondition",
    `${gigabytes(free)} are free in ${dirname(part)}, ${gigabytes(needed)} are wanted`,
  );
}

/** Fetches one wheel, unless it is here. pip checks the hash of what it fetches, and what it unpacks. */
async function fetchWheel(wheel: Wheel, place: Place, installation: Installation): Promise<void> {
  const { wheels, progress } = installation;
  const file = join(dirname(place.wheels), "wheel.txt");
  const before = await bytesIn(place.wheels);
  if (await isHere(wheel, place.wheels)) return;
  await Deno.writeTextFile(file, requirement(wheel));
  const total = bytesOf(wheels).fetched;
  await pip(["download", ...ONLY_THESE, "--dest", place.wheels, "--requirement", file], {
    ...installation,
    temporary: place.temporary,
    look: async () => {
      const coming = await bytesIn(place.temporary);
      progress?.(`${wheel.name} ${wheel.version}`, Math.min(total, before + coming), total);
      return coming;
    },
  });
}

async function isHere({ name, version, bytes }: Wheel, directory: string): Promise<boolean> {
  const start = `${name.replaceAll("-", "_")}-${version}-`;
  for await (const { name } of Deno.readDir(directory)) {
    if (name.startsWith(start)) return (await Deno.stat(join(directory, name))).size === bytes;
  }
  return false;
}

async function unpack(place: Place, installation: Installation): Promise<void> {
  const { wheels, progress } = installation;
  const file = join(dirname(place.wheels), "wheels.txt");
  await Deno.writeTextFile(file, wheels.map(requirement).join("\n"));
  const total = bytesOf(wheels).stays;
  const from = ["--no-index", "--find-links", place.wheels, "--requirement", file];
  await pip(["install", ...ONLY_THESE, "--no-compile", "--target", place.tree, ...from], {
    ...installation,
    temporary: place.temporary,
    look: async () => {
      const there = await bytesIn(place.temporary) + await bytesIn(place.tree);
      progress?.("unpacking", Math.min(total, there), total);
      return there;
    },
  });
}

function assertLoaded(runtime: CudaRuntime): void {
  if (runtime.problem === undefined || lacksDriver(runtime)) return;
  throw new SmarteyeError(
    "failed_precondition",
    `what came cannot be loaded: ${runtime.problem}`,
  );
}

/** Bytes of the files in a directory and below; what goes away meanwhile counts nothing. */
async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const path = join(directory, name);
      if (isDirectory) bytes += await bytesIn(path);
      else bytes += await Deno.lstat(path).then(({ size }) => size, () => 0);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return bytes;
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot remove ${path}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  });
}
