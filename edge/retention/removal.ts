/** Takes files away, of directories in which nobody writes; what it leaves empty goes, too. */

import { basename, dirname, join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { isRunFolder, LOCK_FILE, RUN_FOLDERS } from "../run_files.ts";
import type { Root } from "./inventory.ts";

/** Locks that are held at once. */
const LOCKS_MAX = 64;

/** What keeps others out of a directory; `undefined` where nothing has to, or can. */
type Hold = { readonly lock: Deno.FsFile; readonly wasThere: boolean } | undefined;

/** Takes files away one at a time. Waits for the disk: it is for a thread that may. */
export class Removal implements Disposable {
  readonly #holds = new Map<string, Hold | "refused">();
  readonly #touched = new Set<string>();
  readonly #roots: ReadonlySet<string>;
  /** Why a file could not be taken away: one of those. */
  why: string | undefined;

  /** Holds nothing yet. @param own directories that this process writes to: it knows what it writes */
  constructor(roots: readonly Root[], private readonly own: ReadonlySet<string>) {
    this.#roots = new Set(roots.map(({ directory }) => directory));
  }

  /** Takes a file away. `gone`: there was none; `kept`: a run writes there, or it is not possible. */
  remove(path: string): "removed" | "gone" | "kept" {
    const directory = dirname(path);
    const run = isRunFolder(basename(directory)) ? dirname(directory) : directory;
    try {
      if (!this.#mayWrite(run)) return "kept";
      // What was a directory and is a link now leads to another place.
      if (!Deno.lstatSync(directory).isDirectory) return "kept";
      if (!Deno.lstatSync(path).isFile) return "kept";
      Deno.removeSync(path);
      return "removed";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "gone";
      this.why ??= messageOf(error);
      return "kept";
    }
  }

  /** Gives every directory back, and takes the empty ones away. */
  [Symbol.dispose](): void {
    for (const run of [...this.#holds.keys()]) this.#giveBack(run);
    for (const run of this.#touched) {
      for (const folder of RUN_FOLDERS) removeIfEmpty(join(run, folder));
      if (this.own.has(run)) continue;
      for (let path = run; !this.#roots.has(path) && removeIfEmpty(path); path = dirname(path));
    }
  }

  /** Whether this process writes in a directory, or nobody does and nobody may begin to. */
  #mayWrite(run: string): boolean {
    this.#touched.add(run);
    if (this.own.has(run) || this.#roots.has(run)) return true;
    if (!this.#holds.has(run)) {
      const [oldest] = this.#holds.keys();
      if (oldest !== undefined && this.#holds.size >= LOCKS_MAX) this.#giveBack(oldest);
      this.#holds.set(run, holdOf(run));
    }
    return this.#holds.get(run) !== "refused";
  }

  #giveBack(run: string): void {
    const hold = this.#holds.get(run);
    this.#holds.delete(run);
    if (hold === undefined || hold === "refused") return;
    for (const folder of RUN_FOLDERS) removeIfEmpty(join(run, folder));
    // One that a killed run left tells whose the directory is, as long as there is anything in it.
    if (!hold.wasThere || isAlone(run, LOCK_FILE)) {
      try {
        Deno.removeSync(join(run, LOCK_FILE)); // before it is closed, as `results_place.ts` does
      } catch { /* nothing depends on it */ }
    }
    hold.lock.close();
  }
}

/** Locks a directory as a run that begins there does. */
function holdOf(run: string): Hold | "refused" {
  const path = join(run, LOCK_FILE);
  const wasThere = isThere(path);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { write: true, create: true });
  } catch (error) {
    // A full disk may have no room for the lock of a directory that nobody has locked.
    if (error instanceof Deno.errors.NotFound) throw error;
    return wasThere ? "refused" : undefined;
  }
  try {
    if (file.tryLockSync(true)) return { lock: file, wasThere };
  } catch { /* a file system without locks: nobody can tell whether a run writes there */ }
  file.close();
  return "refused";
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

function isAlone(directory: string, name: string): boolean {
  try {
    return [...Deno.readDirSync(directory)].every((entry) => entry.name === name);
  } catch {
    return false;
  }
}

function removeIfEmpty(path: string): boolean {
  try {
    if (!Deno.lstatSync(path).isDirectory) return false;
    Deno.removeSync(path);
    return true;
  } catch {
    return false; // it holds something, or is gone
  }
}
