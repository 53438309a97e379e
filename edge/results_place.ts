/** Where a run writes: a directory that is its own for as long as it runs. */

import { dirname, join, relative } from "node:path";
import { SmarteyeError } from "../core/errors.ts";
import type { EdgeOptions } from "./options.ts";
import { isReport } from "./report_page.ts";
import { isFolderFile, isRunFolder, LOCK_FILE, runFileOf } from "./run_files.ts";
import { cannotWrite } from "./sink/write.ts";

/** The page that is made of a run. Others call theirs so, too: it is ours where it says so. */
const REPORT = /^report\.html(\.part)?$/;

/** Files that are there, empty, before anything is written. */
const LINES = ["results.jsonl", "events.jsonl"] as const;

/** Names that are tried for a directory that has to be new. */
const NAMES_MAX = 10_000;

/** Times that a directory is looked at again that changed while it was taken. */
const TRIES_MAX = 20;

/** Entries that a message names. */
const SHOWN_MAX = 3;

/** A directory that was taken. */
export interface Place extends AsyncDisposable {
  /** Its path. */
  readonly directory: string;
  /**
   * Takes away what earlier runs left there, if that was asked for: when the run is about to begin, as
   * one that cannot even start costs nobody their results.
   *
   * @throws {SmarteyeError} `failed_precondition` when it cannot be taken away.
   */
  clear(): Promise<void>;
}

/** The directories of an edge's sources. */
export interface Places extends AsyncDisposable {
  /** By the source's name. Given back with all others. */
  readonly places: ReadonlyMap<string, Pick<Place, "directory" | "clear">>;
}

/**
 * Takes a directory for each source, all of them or none. What is given back without results in it
 * is as it was before.
 *
 * @throws {SmarteyeError} `already_in_use` where another run writes, or where there is something
 * already and `overwrite` is not said; `failed_precondition` where nothing can be written.
 */
export async function takePlaces(
  { sources, newDirectory, overwrite }: Pick<
    EdgeOptions,
    "sources" | "newDirectory" | "overwrite"
  >,
): Promise<Places> {
  await using taken = new AsyncDisposableStack();
  const places = new Map<string, Place>();
  const base = newDirectory === undefined ? undefined : await takeNew(newDirectory);
  if (base) taken.use(base);
  for (const { name, resultsDirectory } of sources) {
    const below = newDirectory && relative(newDirectory, resultsDirectory);
    if (base && below === "") places.set(name, base);
    else {
      const isNew = base && below !== undefined && !below.startsWith("..");
      const path = isNew ? join(base.directory, below) : resultsDirectory;
      places.set(name, taken.use(await takePlace(path, overwrite)));
    }
  }
  const held = taken.move();
  return { places, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/**
 * Makes a directory that was not there before, and takes it: `path`, else with `_2`, `_3` … behind it.
 *
 * @throws {SmarteyeError} when it cannot be made.
 */
export async function takeNew(path: string): Promise<Place> {
  await makeParents(path);
  for (let n = 1; n <= NAMES_MAX; n++) {
    const directory = n === 1 ? path : `${path}_${n}`;
    if (!await made(directory)) continue;
    // A name that is new keeps others out by itself, where the file system has no locks.
    const lock = await lockIn(directory).catch(() => undefined);
    if (lock !== "busy") return new TakenPlace(directory, lock, { isMade: true, overwrite: false });
  }
  throw new SmarteyeError(
    "already_in_use",
    `Cannot make "${path}" for the results: ${NAMES_MAX} of that name are there, ` +
      "another directory is wanted",
  );
}

/**
 * Takes a directory that the user names. Where it is not there it is made.
 *
 * @param overwrite has `clear` take away what earlier runs left there.
 * @throws {SmarteyeError} `already_in_use` where another run writes there, or where there is something
 * that may not be taken away; `failed_precondition` when it cannot be written.
 */
export async function takePlace(path: string, overwrite: boolean): Promise<Place> {
  await makeParents(path);
  for (let n = 0; n < TRIES_MAX; n++) {
    const isNew = await made(path);
    // Looked at before anything is put there: a directory of somebody else's stays as it is.
    if (!overwrite && !isNew) refuseWhatIsThere(path, await entriesOf(path));
    const lock = await lockIn(path);
    if (lock === undefined) { // it went while it was taken, or
      await refuseLinkToNothing(path);
      continue;
    }
    if (lock === "busy") throw inUse(path);
    await using place = new AsyncDisposableStack();
    const taken = place.use(new TakenPlace(path, lock, { isMade: isNew, overwrite }));
    const entries = await entriesOf(path);
    if (overwrite) await refuseLinks(path, entries);
    else refuseWhatIsThere(path, entries);
    place.move();
    return taken;
  }
  throw inUse(path);
}

/** A directory, and the lock on it where its file system has locks. */
class TakenPlace implements Place {
  constructor(
    readonly directory: string,
    private readonly lock: Deno.FsFile | undefined,
    private readonly how: { readonly isMade: boolean; readonly overwrite: boolean },
  ) {}

  async clear(): Promise<void> {
    const { directory, how } = this;
    if (how.overwrite) await removeOurs(directory, await entriesOf(directory));
  }

  /** Gives it back; one that was made for a run of which nothing came goes again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { directory, lock, how: { isMade } } = this;
    const began = await isThere(join(directory, "summary.json"));
    for (const lines of began ? [] : LINES.map((name) => join(directory, name))) {
      const { size, isFile } = await Deno.lstat(lines).catch(() => ({ size: 1, isFile: false }));
      if (isFile && size === 0) await ignoring(Deno.remove(lines));
    }
    // Before it is closed: nobody else may hold this one then, and who waits for it looks again.
    if (lock) await ignoring(Deno.remove(join(directory, LOCK_FILE)));
    lock?.close();
    if (isMade) await ignoring(Deno.remove(directory)); // only where it is empty
  }
}

async function ignoring(done: Promise<unknown>): Promise<void> {
  await done.catch(() => {}); // nothing depends on it
}

async function makeParents(path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true }).catch((cause) => {
    throw cannotWrite(path, cause);
  });
}

/** Makes a directory; false where one is there. */
async function made(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return false;
    throw cannotWrite(path, cause);
  }
}

/**
 * Locks a directory. `busy` where another run has it; `undefined` where it, or the file in it, was
 * taken away at the same time.
 */
async function lockIn(directory: string): Promise<Deno.FsFile | "busy" | undefined> {
  const path = join(directory, LOCK_FILE);
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { write: true, create: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cannotWrite(directory, cause);
  }
  try {
    if (!await file.tryLock(true)) {
      file.close();
      return "busy";
    }
    if (await isTheSame(file, path)) return file;
  } catch (cause) {
    file.close();
    throw cannotWrite(path, cause);
  }
  file.close();
  return undefined;
}

/** Whether a file still has its name: whoever gave the directory back has taken it away. */
async function isTheSame(file: Deno.FsFile, path: string): Promise<boolean> {
  const named = await Deno.lstat(path).catch(() => undefined);
  return named !== undefined && named.ino === (await file.stat()).ino;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

async function isMissing(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => false, () => true);
}

async function entriesOf(directory: string): Promise<readonly Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ name }) => name !== LOCK_FILE);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return []; // it has just gone
    throw cannotWrite(directory, cause);
  }
}

function refuseWhatIsThere(path: string, entries: readonly Deno.DirEntry[]): void {
  if (entries.length === 0) return;
  const names = entries.map(({ name }) => name).sort();
  const shown = names.slice(0, SHOWN_MAX).join(", ");
  const more = names.length > SHOWN_MAX ? ` and ${names.length - SHOWN_MAX} more` : "";
  const anyOurs = entries.some(isOurs);
  throw new SmarteyeError(
    "already_in_use",
    `Cannot write to "${path}": it holds ${shown}${more}, an empty or a new directory is wanted` +
      (anyOurs ? " (or --overwrite, which takes the results of earlier runs away)" : ""),
  );
}

function inUse(path: string): SmarteyeError {
  return new SmarteyeError(
    "already_in_use",
    `Cannot write to "${path}": another run writes there right now, another directory is wanted`,
  );
}

/** A run writes files: a link or a pipe of such a name is somebody else's. */
function isOurs({ name, isFile }: Deno.DirEntry): boolean {
  return isFile && runFileOf(name) !== undefined;
}

/** What is written to a link goes to another place, over what lies there: a device loses nothing by it. */
async function refuseLinks(path: string, entries: readonly Deno.DirEntry[]): Promise<void> {
  for (
    const { name } of entries.filter(({ name, isSymlink }) =>
      isSymlink && runFileOf(name) !== undefined
    )
  ) {
    const to = await Deno.stat(join(path, name)).catch(() => undefined);
    if (to && !to.isFile && !to.isDirectory) continue;
    throw new SmarteyeError(
      "already_in_use",
      `Cannot write to "${path}": its ${name} is a link to another place, ` +
        "an empty or a new directory is wanted",
    );
  }
}

/** A link whose target is missing is there for `mkdir`, and not there for all else. */
async function refuseLinkToNothing(path: string): Promise<void> {
  const { isSymlink } = await Deno.lstat(path).catch(() => ({ isSymlink: false }));
  if (isSymlink && await isMissing(path)) {
    throw cannotWrite(path, "it is a link to nothing");
  }
}

async function removeOurs(path: string, entries: readonly Deno.DirEntry[]): Promise<void> {
  await removeAll(path, entries.filter(isOurs));
  for (const entry of entries.filter(({ name, isFile }) => isFile && REPORT.test(name))) {
    if (await isReport(join(path, entry.name)).catch(() => false)) await removeAll(path, [entry]);
  }
  for (const { name: folder, isDirectory } of entries) {
    if (!isDirectory || !isRunFolder(folder)) continue;
    const inside = join(path, folder);
    const files = (await entriesOf(inside)).filter(({ isFile }) => isFile);
    await removeAll(inside, files.filter(({ name }) => isFolderFile(folder, name)));
    await ignoring(Deno.remove(inside)); // only where it is empty
  }
}

async function removeAll(path: string, entries: readonly Deno.DirEntry[]): Promise<void> {
  for (const { name } of entries) {
    const file = join(path, name);
    await Deno.remove(file).catch((cause) => {
      throw cannotWrite(file, cause);
    });
  }
}
