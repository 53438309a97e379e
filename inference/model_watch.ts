/** What becomes of models when their files change while they are served. */

import { type Clock, OVER } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { referenceOf } from "../core/reference.ts";
import type { Catalogue, CatalogueEntry } from "../models/catalogue.ts";
import type { ModelRepository } from "./repository.ts";

const log = logger("models");

/** Milliseconds after which the directory is looked at though nothing was told: network disks tell nothing. */
export const LOOK_EVERY_MS = 10_000;

/**
 * Milliseconds that a model's files must have been as they are before anything is done about them:
 * until then somebody may still be copying.
 */
export const QUIET_MS = 2000;

/** Milliseconds from the first of several changes to a look: a storm of them is one. */
export const GATHER_MS = 200;

/** What tells that something in a directory has changed. */
export type Changes = AsyncIterable<{ readonly kind: string }> & { close(): void };

/** What a watch is made of. */
export interface WatchParts {
  /** Loads what has changed. */
  readonly repository: Pick<ModelRepository, "look" | "follow">;
  /** What the directory had when the server began: only what is not as it was then is acted on. */
  readonly catalogue: Catalogue;
  /** Models that are to be loaded when they come; those that are loaded are followed in any case. */
  readonly wanted: (catalogue: Catalogue) => readonly CatalogueEntry[];
  /** It is waited by it. */
  readonly clock: Clock;
  /** Watches the directory. @throws where that cannot be done: then it is only looked at. */
  readonly watch?: ((directory: string) => Changes) | undefined;
}

/** A file, or a model, as it was seen. */
interface Seen {
  /** Another one where anything about it is another. */
  readonly mark: string;
  readonly sinceAtMs: number;
  /** What was to be done about it is done. */
  readonly isDone: boolean;
}

/** The mark of what is not there any more. */
const GONE = "";

/** What a directory holds, and for how long it has been so. */
export class ModelWatch {
  /** By reference of a model, and by path of a file that was passed over. */
  readonly #seen = new Map<string, Seen>();

  /** Begins with what the server began with, which is done. */
  constructor(private readonly parts: WatchParts) {
    const sinceAtMs = parts.clock.nowMs();
    for (const [what, mark] of marksOf(parts.catalogue)) {
      this.#seen.set(what, { mark, sinceAtMs, isDone: true });
    }
  }

  /**
   * Looks at the directory once, and acts on what has been the same for long enough.
   *
   * @param stop ends it before the next model.
   * @returns whether there is nothing left that may still be written to.
   * @throws {SmarteyeError} when the directory cannot be read.
   */
  async look(stop: AbortSignal): Promise<boolean> {
    const { repository, wanted, clock } = this.parts;
    const catalogue = await repository.look();
    const marks = marksOf(catalogue);
    this.#note(marks, clock.nowMs());
    const meant = new Set(wanted(catalogue).map(({ manifest }) => referenceOf(manifest)));
    for (const [what, seen] of this.#seen) {
      if (stop.aborted) return true;
      if (seen.isDone || clock.nowMs() - seen.sinceAtMs < QUIET_MS) continue;
      this.#seen.set(what, { ...seen, isDone: true });
      const passedOver = catalogue.passedOver.find(({ path }) => path === what);
      if (passedOver) log.warn("passed over: {why}", { why: passedOver.why });
      else await this.#follow(what, meant.has(what));
      if (!marks.has(what)) this.#seen.delete(what);
    }
    return [...this.#seen.values()].every(({ isDone }) => isDone);
  }

  #note(marks: ReadonlyMap<string, string>, nowMs: number): void {
    for (const what of new Set([...marks.keys(), ...this.#seen.keys()])) {
      const mark = marks.get(what) ?? GONE;
      if (this.#seen.get(what)?.mark === mark) continue;
      this.#seen.set(what, { mark, sinceAtMs: nowMs, isDone: false });
    }
  }

  async #follow(reference: string, isWanted: boolean): Promise<void> {
    try {
      await this.parts.repository.follow(reference, isWanted);
    } catch (error) {
      log.error("{message}", { message: messageOf(error) });
    }
  }
}

/**
 * Watches a model directory until `stop` aborts: by what the system tells, where it does, and by
 * looking at it every {@link LOOK_EVERY_MS}.
 */
export async function watchModels(parts: WatchParts, stop: AbortSignal): Promise<void> {
  const { clock, catalogue: { directory } } = parts;
  const watch = new ModelWatch(parts);
  const changes = new ChangesIn(directory, parts.watch ?? watchFiles);
  const wake = () => changes.wake();
  stop.addEventListener("abort", wake);
  let lastFailure = "";
  try {
    while (!stop.aborted) {
      let isQuiet = true;
      try {
        isQuiet = await watch.look(stop);
        lastFailure = "";
      } catch (error) {
        const failure = messageOf(error);
        if (failure !== lastFailure) log.warn("{failure}", { failure });
        lastFailure = failure;
      }
      if (!stop.aborted) await changes.wait(isQuiet ? LOOK_EVERY_MS : QUIET_MS, clock);
      await clock.sleep(GATHER_MS, stop);
    }
  } finally {
    stop.removeEventListener("abort", wake);
    changes.close();
  }
}

function watchFiles(directory: string): Changes {
  return Deno.watchFs(directory, { recursive: false });
}

/** Changes in a directory, however many, as one thing to wait for. */
class ChangesIn {
  #changes: Changes | undefined;
  #hasChanged = false;
  #over = new AbortController();

  constructor(
    private readonly directory: string,
    private readonly watch: (directory: string) => Changes,
  ) {}

  /** Resolves after `ms`, or when something has changed since this last did, or at `wake`. */
  async wait(ms: number, clock: Clock): Promise<void> {
    if (!this.#changes) this.#open();
    this.#over = new AbortController();
    if (!this.#hasChanged) await clock.sleep(ms, this.#over.signal);
    this.#hasChanged = false;
  }

  /** Ends the wait. */
  wake(): void {
    this.#over.abort(OVER);
  }

  /** Ends the watching. */
  close(): void {
    const changes = this.#changes;
    this.#changes = undefined;
    try {
      changes?.close();
    } catch { // it ended by itself
    }
  }

  /** Opened again each time: a directory may come later, and a system runs out of watches. */
  #open(): void {
    try {
      const changes = this.#changes = this.watch(this.directory);
      void this.#follow(changes);
    } catch (error) {
      log.debug("cannot watch {directory}, it is only looked at: {error}", {
        directory: this.directory,
        error: messageOf(error),
      });
    }
  }

  async #follow(changes: Changes): Promise<void> {
    try {
      for await (const { kind } of changes) {
        if (kind === "access") continue; // as by a look
        this.#hasChanged = true;
        this.wake();
      }
    } catch (error) {
      log.debug("watching {directory} ended: {error}", {
        directory: this.directory,
        error: messageOf(error),
      });
    }
    if (this.#changes === changes) this.close();
  }
}

/** What is there, and what tells one state of it from another. */
function marksOf(catalogue: Catalogue): Map<string, string> {
  return new Map([
    ...catalogue.list().map(({ manifest, path, present, stamp }) =>
      [
        referenceOf(manifest),
        present ? `${path} ${stamp} ${JSON.stringify(manifest)}` : GONE,
      ] as const
    ),
    ...catalogue.passedOver.map(({ path, why, stamp }) => [path, `${stamp} ${why}`] as const),
  ]);
}
