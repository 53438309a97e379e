/** Workers that infer: the event loop is never blocked, and every core can be used. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Pixels } from "../../core/frame.ts";
import { logger } from "../../core/log.ts";
import { isShared } from "../accelerator/workers.ts";
import type { Inspection } from "../network/inspection.ts";
import type { Measured, MeasureEffort } from "../network/measurement.ts";
import type { ModelTensors } from "../network/tensors.ts";
import { keyOf, type Loadable, saidOf } from "./loadable.ts";
import type { PooledWorker } from "./pooled_worker.ts";
import type { Place, Places } from "../places.ts";
import { type CrewOptions, WorkerCrew } from "./worker_crew.ts";

const log = logger("inference");

/**
 * A fixed number of Workers, each with every loaded model. One that stops is replaced, and infers
 * with a model again as soon as it holds it.
 *
 * A model is loaded in one Worker after the other, each of which takes no inference meanwhile. Where
 * there is but one, and it has begun to infer, a second one is started that loads all of the models
 * and then takes its place: the models are held twice for that time, and no request waits. Where no
 * second one may be (see `isShared`), requests wait.
 */
export class WorkerPool implements Places {
  readonly #crew: WorkerCrew;
  #onRoom = () => {};
  #onWorkers = () => {};
  #hasInferred = false;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** Starts the Workers, with no model in them. */
  constructor(private readonly options: CrewOptions) {
    this.#crew = new WorkerCrew(options, () => this.#onRoom(), () => this.#onWorkers());
  }

  /** Workers that infer. */
  get workers(): number {
    return this.#crew.workers.length;
  }

  get running(): number {
    return this.#crew.workers.reduce((sum, { running }) => sum + running, 0);
  }

  /** Workers that have stopped by themselves so far. */
  get crashes(): number {
    return this.#crew.crashes;
  }

  get slots(): number {
    return this.options.workers * this.options.tasksPerWorker;
  }

  get jobsAtOnce(): number {
    return this.options.workers;
  }

  onRoom(listener: () => void): void {
    this.#onRoom = listener;
  }

  /** Has `listener` called when `whyNever` may have changed without a load or unload. One listens. */
  onWorkers(listener: () => void): void {
    this.#onWorkers = listener;
  }

  hasRoom(model: string): boolean {
    return this.#crew.workers.some((worker) => worker.hasRoom(model));
  }

  take(model: string, costMs: number): Place | undefined {
    const free = this.#crew.workers.filter((worker) => worker.hasRoom(model));
    if (free.length === 0) return undefined;
    this.#hasInferred = true;
    return free.reduce((a, b) => b.committedMs < a.committedMs ? b : a).take(model, costMs);
  }

  committedMs(): readonly number[] {
    const inService = this.#crew.workers.filter(({ isInService }) => isInService);
    // One that is loaded anew takes no work; where there is no other, it is waited for.
    const some = inService.length > 0 ? inService : this.#crew.workers;
    return some.map(({ committedMs }) => committedMs);
  }

  whyNever(model: string): SmarteyeError | undefined {
    if (this.#crew.isClosed) return stopped();
    if (this.workers === 0) {
      return new SmarteyeError(
        "unavailable",
        "Cannot infer: the workers stopped again and again, the next one is started in a minute",
      );
    }
    if (!this.#crew.models.has(model)) {
      return new SmarteyeError(
        "not_found",
        `Cannot infer with the model "${saidOf(model)}": it is not loaded`,
      );
    }
    if (!this.#isLost(model)) return undefined;
    return new SmarteyeError(
      "failed_precondition",
      `Cannot infer with the model "${
        saidOf(model)
      }": it could not be loaded again after a worker stopped`,
    );
  }

  /**
   * Loads a model in every Worker, in place of one of that key. Loads come one after the other; one
   * that fails anywhere is undone everywhere.
   *
   * @param effort of a measurement in the first Worker that has it, before it infers; without one,
   * nothing is measured.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be loaded.
   */
  load(entry: Loadable, effort?: MeasureEffort): Promise<Measured | undefined> {
    return this.#afterOthers(() =>
      this.#takesSuccessors && this.#hasInferred && this.#crew.models.size > 0
        ? this.#loadInSuccessor(entry, effort)
        : this.#loadInTurn(entry, effort)
    );
  }

  /** Gives a model's memory back, in every Worker. */
  unload(model: string): Promise<void> {
    return this.#afterOthers(async () => {
      this.#crew.models.delete(model);
      this.#onRoom();
      await Promise.all(this.#crew.workers.map((worker) => worker.unload(model)));
    });
  }

  /**
   * Inferences a second that so many Workers do at the same time, each for itself.
   *
   * @param model that all of them hold, while none of them infers.
   */
  async throughput(model: string, workers: number, effort: MeasureEffort): Promise<number> {
    const some = this.#crew.workers.slice(0, workers);
    const measured = await Promise.all(some.map((worker) => worker.measure(model, effort)));
    return measured.reduce((sum, { fps }) => sum + fps, 0);
  }

  /** The tensors of a loaded model; `undefined` where no Worker holds it at the moment. */
  tensorsOf(model: string): ModelTensors | undefined {
    return this.#crew.workers.find((worker) => worker.held(model))?.tensorsOf(model);
  }

  /** Infers a picture with a loaded model, and tells what there was on the way. */
  async inspect(model: string, pixels: Pixels): Promise<Inspection> {
    const worker = this.#crew.workers.find((worker) => worker.held(model));
    if (worker) return await worker.inspect(model, pixels);
    throw this.whyNever(model) ?? stopped();
  }

  /** Stops the Workers. What waits or runs fails with `unavailable`. */
  close(): void {
    this.#crew.close();
  }

  /** As `close`, but lets each Worker end what it is at. */
  leave(): Promise<void> {
    return this.#crew.leave();
  }

  /** Whether the one Worker that there is may have a second one beside it for a while. */
  get #takesSuccessors(): boolean {
    return this.options.workers === 1 && isShared(this.options.session.provider);
  }

  /** Whether it should be held, and no Worker holds it or is about to. */
  #isLost(model: string): boolean {
    const { workers } = this.#crew;
    return workers.length > 0 &&
      !workers.some((worker) => worker.held(model) || this.#crew.isRestoring(worker));
  }

  async #afterOthers<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(() => {
      this.#assertOpen();
      return change();
    });
    this.#lastChange = done.catch(() => {}); // told by whoever asked for it
    return await done;
  }

  async #loadInTurn(entry: Loadable, effort?: MeasureEffort): Promise<Measured | undefined> {
    const key = keyOf(entry);
    const before = this.#crew.models.get(key);
    let measured: Measured | undefined;
    try {
      for (;;) {
        this.#assertOpen();
        await this.#crew.restored(); // they load it too, once it has been proven
        const worker = this.#crew.workers.find((worker) => worker.held(key) !== entry);
        if (!worker) break;
        const isProven = this.#crew.models.get(key) === entry;
        measured = await this.#loadIn(worker, entry, isProven ? undefined : effort) ?? measured;
      }
    } catch (error) {
      await this.#undo(entry, before);
      throw error;
    }
    if (this.#crew.models.get(key) === entry) return measured;
    throw this.whyNever(key)!; // no Worker is left
  }

  async #loadIn(
    worker: PooledWorker,
    entry: Loadable,
    effort: MeasureEffort | undefined,
  ): Promise<Measured | undefined> {
    const key = keyOf(entry);
    return await worker.outOfService(async () => {
      if (worker.isDead) return undefined; // of something else, while its last inferences ended
      await worker.load(entry);
      const measured = effort && await worker.measure(key, effort);
      this.#crew.models.set(key, entry);
      return measured;
    });
  }

  async #undo(entry: Loadable, before: Loadable | undefined): Promise<void> {
    const key = keyOf(entry);
    if (before) this.#crew.models.set(key, before);
    else this.#crew.models.delete(key);
    for (const worker of this.#crew.workers.filter((worker) => worker.held(key) === entry)) {
      try {
        if (before) await worker.outOfService(() => worker.load(before));
        else await worker.unload(key);
      } catch (error) {
        log.error("cannot undo the loading of {name}: {error}", {
          name: saidOf(key),
          error: messageOf(error),
        });
        await worker.unload(key);
      }
    }
  }

  async #loadInSuccessor(
    entry: Loadable,
    effort?: MeasureEffort,
  ): Promise<Measured | undefined> {
    const key = keyOf(entry);
    await this.#crew.restored(); // what could not be loaded then would not be loaded now
    this.#assertOpen();
    const successor = this.#crew.spawn();
    try {
      const others = [...this.#crew.models].filter(([other]) =>
        other !== key && !this.#isLost(other)
      );
      for (const one of [...others.map(([, other]) => other), entry]) await successor.load(one);
      const measured = effort && await successor.measure(key, effort);
      this.#crew.models.set(key, entry);
      this.#crew.succeed(successor);
      return measured;
    } catch (error) {
      this.#crew.discard(successor);
      throw error;
    }
  }

  #assertOpen(): void {
    if (this.#crew.isClosed) throw stopped();
  }
}

function stopped(): SmarteyeError {
  return new SmarteyeError("unavailable", "Cannot infer: the workers are stopped");
}
