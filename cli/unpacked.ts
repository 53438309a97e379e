/**
 * The directory that a built file has unpacked itself into (`build/stub.sh`): kept while this process
 * runs. Those of other versions, that nothing uses any more, are removed.
 */

import { basename, dirname, join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { EXECUTABLE_VARIABLE } from "../core/executable.ts";
import { logger } from "../core/log.ts";
import { within } from "../core/within.ts";

const log = logger("cli");

/**
 * A file of each: who runs from there holds a shared lock on it, which the system takes back however a
 * process ends, and each start gives it a new date.
 */
const IN_USE = "in_use";

/** What directories of versions are called: by their content. */
const VERSION = /^[0-9a-f]{24}$/;

/** Milliseconds since its last start in which a version stays although it does not run. */
const KEPT_MS = 24 * 3_600_000;

/** Milliseconds that a run waits in the end for the removal; the next unpacking removes what is left. */
const REMOVAL_ENDS_MS = 10_000;

/** A hold on the own directory. */
export interface UnpackedHold {
  /** Lets go of it, once unused versions are removed, or that has taken long. */
  close(): Promise<void>;
}

/** The directory that this process runs from, if a built file has unpacked it. */
export function unpackedHere(
  environment: Readonly<Record<string, string>>,
  execPath: string = Deno.execPath(),
): string | undefined {
  const directory = dirname(execPath);
  const isUnpacked = environment[EXECUTABLE_VARIABLE] && VERSION.test(basename(directory));
  return isUnpacked ? directory : undefined;
}

/** Holds `directory` until it is closed, and begins to remove unused ones beside it. */
export function holdUnpacked(
  directory: string | undefined,
  clock: Clock,
): UnpackedHold | undefined {
  if (directory === undefined) return undefined;
  let lock: Deno.FsFile;
  try {
    lock = Deno.openSync(join(directory, IN_USE));
    lock.tryLockSync(false);
  } catch (error) {
    log.debug("cannot mark {directory} as used: {error}", { directory, error: messageOf(error) });
    return undefined;
  }
  const removing = removeUnused(directory, clock);
  return {
    async close() {
      await within(REMOVAL_ENDS_MS, removing, clock);
      lock.close();
    },
  };
}

/** Removes the versions beside `directory` that nothing uses. Never throws. */
async function removeUnused(directory: string, clock: Clock): Promise<void> {
  const place = dirname(directory);
  const removed: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(place)) {
      if (!isDirectory || !VERSION.test(name) || name === basename(directory)) continue;
      const why = await removeOne(join(place, name), clock);
      if (why === undefined) removed.push(name);
      else log.debug("keeping the unpacked version {name}: {why}", { name, why });
    }
  } catch (error) {
    log.debug("cannot look for unused versions in {place}: {error}", {
      place,
      error: messageOf(error),
    });
  }
  if (removed.length === 0) return;
  log.info("removed {count} unpacked versions of smarteye from {place} that nothing used", {
    count: removed.length,
    place,
  });
}

/** @returns why it stays; nothing when it was removed. */
async function removeOne(directory: string, clock: Clock): Promise<string | undefined> {
  try {
    const path = join(directory, IN_USE);
    using lock = await Deno.open(path, { read: true, write: true });
    if (!await lock.tryLock(true)) return "it runs";
    // A start gives the file its date before it looks whether the program is there, and the lock later.
    const startedMs = (await Deno.stat(path)).mtime?.getTime() ?? clock.epochMs();
    if (clock.epochMs() - startedMs < KEPT_MS) return "it was started within a day";
    // Under its name it is whole or not there. What is called so the next unpacking removes, should
    // this process end before.
    const aside = `${directory}.part.${crypto.randomUUID()}`;
    await Deno.rename(directory, aside);
    await Deno.remove(aside, { recursive: true });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
