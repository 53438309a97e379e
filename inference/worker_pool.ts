/** Workers that infer: the event loop is never blocked, and every core can be used. */

import type { Clock } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Pixels } from "../core/frame.ts";
import { logger } from "../core/log.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import type { Inspection, Measured, MeasureEffort } from "./inspection.ts";
import { PooledWorker, TASKS_PER_WORKER } from "./pooled_worker.ts";
import type { Place, Places } from "./scheduler.ts";
import type { SessionOptions } from "./session.ts";

const log = logger("inference");

/** Workers that are replaced at once within a minute: one that always crashes must not do so all the time. */
const RESTARTS_PER_MINUTE = 10;

const MINUTE_MS = 60_000;

/** How a pool is made. */
export interface WorkerPoolOptions {
  /** How many Workers, at least 1. */
  readonly workers: number;
  /** How each of them runs its networks. */
  readonly session: SessionOptions;
  /** Stalls and the pause after many crashes go by it. */
  readonly clock: Clock;
}

/**
 * A fixed number of Workers, each with every loaded model. One that stops is replaced, and infers
 * with a model again as soon as it holds it.
 *
 * A model is loaded in one Worker after the other, each of which takes no inference meanwhile. Where
 * there is but one, and it has begun to infer, a second one is started that loads all of the models
 * and then takes its place: the models are held twice for that time, and no request waits.
 */
export class WorkerPool implements Places {
  readonly #workers: PooledWorker[] = [];
  /** Those, and those that come or go: whatever is to be stopped in the end. */
  readonly #alive = new Set<PooledWorker>();
  /** Workers that are loading what the others hold. */
  readonly #restoring = new Map<PooledWorker, Promise<void>>();
  /** What every Worker should hold. */
  readonly #models = new Map<string, CatalogueEntry>();
  readonly #stop = new AbortController();
  #onRoom = () => {};
  #hasInferred = false;
  #lastChange: Promise<unknown> = Promise.resolve();
  #deathsAtMs: number[] = [];

  /** Starts the Workers, with no model in them. */
  constructor(private readonly options: WorkerPoolOptions) {
    for (let i = 0; i < options.workers; i++) this.#workers.push(this.#spawn());
  }

  /** Workers that infer. */
  get workers(): number {
    return this.#workers.length;
  }

  /** Workers that are at an inference. */
  get running(): number {
    return this.#workers.filter(({ isInferring }) => isInferring).length;
  }

  get slots(): number {
    return this.options.workers * TASKS_PER_WORKER;
  }

  get jobsAtOnce(): number {
    return this.options.workers;
  }

  onRoom(listener: () => void): void {
    this.#onRoom = listener;
  }

  hasRoom(model: string): boolean {
    return this.#workers.some((worker) => worker.hasRoom(model));
  }

  take(model: string): Place | undefined {
    const free = this.#workers.filter((worker) => worker.hasRoom(model));
    if (free.length === 0) return undefined;
    this.#hasInferred = true;
    return free.reduce((a, b) => b.places < a.places ? b : a).take();
  }

  whyNever(model: string): SmarteyeError | undefined {
    if (this.#stop.signal.aborted) return stopped();
    if (!this.#models.has(model)) {
      return new SmarteyeError(
        "not_found",
        `Cannot infer with the model "${model}": it is not loaded`,
      );
    }
    if (this.#workers.length === 0) {
      return new SmarteyeError(
        "unavailable",
        "Cannot infer: the workers stopped again and again, the next one is started in a minute",
      );
    }
    if (this.#workers.some((worker) => worker.held(model) || this.#restoring.has(worker))) {
      return undefined;
    }
    return new SmarteyeError(
      "failed_precondition",
      `Cannot infer with the model "${model}": it could not be loaded again after a worker stopped`,
    );
  }

  /**
   * Loads a model in every Worker, in place of one of that name. Loads come one after the other; one
   * that fails anywhere is undone everywhere.
   *
   * @param effort of a measurement in the first Worker that has it, before it infers; without one,
   * nothing is measured.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be loaded.
   */
  load(entry: CatalogueEntry, effort?: MeasureEffort): Promise<Measured | undefined> {
    return this.#afterOthers(() =>
      this.#hasInferred && this.options.workers === 1
        ? this.#loadInSuccessor(entry, effort)
        : this.#loadInTurn(entry, effort)
    );
  }

  /** Gives a model's memory back, in every Worker. */
  unload(model: string): Promise<void> {
    return this.#afterOthers(async () => {
      this.#models.delete(model);
      this.#onRoom();
      await Promise.all(this.#workers.map((worker) => worker.unload(model)));
    });
  }

  /** Infers a picture with a loaded model, and tells what there was on the way. */
  async inspect(model: string, pixels: Pixels): Promise<Inspection> {
    const worker = this.#workers.find((worker) => worker.held(model));
    if (worker) return await worker.inspect(model, pixels);
    throw this.whyNever(model) ?? stopped();
  }

  /** Stops the Workers. What waits or runs fails with `unavailable`. */
  close(): void {
    this.#stop.abort();
    this.#onRoom();
    for (const worker of this.#alive) worker.terminate();
  }

  async #afterOthers<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(() => {
      this.#assertOpen();
      return change();
    });
    this.#lastChange = done.catch(() => {}); // told by whoever asked for it
    return await done;
  }

  async #loadInTurn(entry: CatalogueEntry, effort?: MeasureEffort): Promise<Measured | undefined> {
    const { name } = entry.manifest;
    const before = this.#models.get(name);
    let measured: Measured | undefined;
    try {
      for (;;) {
        this.#assertOpen();
        await Promise.all(this.#restoring.values()); // they load it too, once it has been proven
        const worker = this.#workers.find((worker) => worker.held(name) !== entry);
        if (!worker) break;
        const isProven = this.#models.get(name) === entry;
        measured = await this.#loadIn(worker, entry, isProven ? undefined : effort) ?? measured;
      }
    } catch (error) {
      await this.#undo(entry, before);
      throw error;
    }
    if (this.#models.get(name) === entry) return measured;
    throw this.whyNever(name)!; // no Worker is left
  }

  async #loadIn(
    worker: PooledWorker,
    entry: CatalogueEntry,
    effort: MeasureEffort | undefined,
  ): Promise<Measured | undefined> {
    const { name } = entry.manifest;
    return await worker.outOfService(async () => {
      if (worker.isDead) return undefined; // of something else, while its last inferences ended
      await worker.load(entry);
      const measured = effort && await worker.measure(name, effort);
      this.#models.set(name, entry);
      return measured;
    });
  }

  async #undo(entry: CatalogueEntry, before: CatalogueEntry | undefined): Promise<void> {
    const { name } = entry.manifest;
    if (before) this.#models.set(name, before);
    else this.#models.delete(name);
    for (const worker of this.#workers.filter((worker) => worker.held(name) === entry)) {
      try {
        if (before) await worker.outOfService(() => worker.load(before));
        else await worker.unload(name);
      } catch (error) {
        log.error("cannot undo the loading of {name}: {error}", { name, error: messageOf(error) });
        await worker.unload(name).catch(() => {}); // it has stopped, and will be replaced
      }
    }
  }

  async #loadInSuccessor(
    entry: CatalogueEntry,
    effort?: MeasureEffort,
  ): Promise<Measured | undefined> {
    const { name } = entry.manifest;
    const successor = this.#spawn();
    try {
      const others = [...this.#models.values()].filter(({ manifest }) => manifest.name !== name);
      for (const one of [...others, entry]) await successor.load(one);
      const measured = effort && await successor.measure(name, effort);
      this.#models.set(name, entry);
      const old = this.#workers.splice(0, Infinity, successor);
      this.#onRoom();
      for (const worker of old) {
        void worker.outOfService(() => Promise.resolve(this.#discard(worker)));
      }
      return measured;
    } catch (error) {
      this.#discard(successor);
      throw error;
    }
  }

  #discard(worker: PooledWorker): void {
    worker.terminate();
    this.#alive.delete(worker);
  }

  #assertOpen(): void {
    if (this.#stop.signal.aborted) throw stopped();
  }

  #spawn(): PooledWorker {
    const { session, clock } = this.options;
    const worker: PooledWorker = new PooledWorker({
      session,
      clock,
      onDeath: (why) => void this.#died(worker, why),
      onRoom: () => this.#onRoom(),
    });
    this.#alive.add(worker);
    return worker;
  }

  async #died(worker: PooledWorker, why: string): Promise<void> {
    this.#alive.delete(worker);
    const place = this.#workers.indexOf(worker);
    if (place === -1) return; // one that comes or goes: whoever asked it for something is told
    this.#workers.splice(place, 1);
    const { clock } = this.options;
    const { signal } = this.#stop;
    const nowMs = clock.nowMs();
    this.#deathsAtMs = [...this.#deathsAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS), nowMs];
    const n = this.#deathsAtMs.length;
    if (n <= RESTARTS_PER_MINUTE) {
      log.error("a worker stopped, {why}; a new one takes its place", { why });
    } else {
      log.error("a worker stopped, {why}; {n} did within a minute, so the next one has to wait", {
        why,
        n,
      });
      this.#onRoom(); // what waits for the last Worker is refused
      await clock.sleep(MINUTE_MS, signal);
    }
    if (signal.aborted || this.#workers.length >= this.options.workers) return;
    const fresh = this.#spawn();
    this.#workers.push(fresh);
    const restored = this.#restore(fresh).finally(() => {
      this.#restoring.delete(fresh);
      this.#onRoom();
    });
    this.#restoring.set(fresh, restored);
  }

  /** Loads what the others hold; between two models it infers with those that it has. */
  async #restore(worker: PooledWorker): Promise<void> {
    const tried = new Set<CatalogueEntry>();
    const next = () => [...this.#models.values()].find((entry) => !tried.has(entry));
    for (let entry = next(); entry && !worker.isDead; entry = next()) {
      tried.add(entry);
      const model: CatalogueEntry = entry;
      await worker.outOfService(() => worker.load(model)).catch((error) => {
        if (worker.isDead) return; // told already
        const { name } = model.manifest;
        log.error("cannot load {name} again: {error}", { name, error: messageOf(error) });
      });
    }
  }
}

function stopped(): SmarteyeError {
  return new SmarteyeError("unavailable", "Cannot infer: the workers are stopped");
}
