/** Workers that infer: the event loop is never blocked, and every core can be used. */

import type { Clock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Pixels } from "../core/frame.ts";
import { logger } from "../core/log.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import type { Inspection } from "./inspection.ts";
import { AT_START, type Measured, type MeasureEffort } from "./measurement.ts";
import type { WorkerResults, WorkerTask } from "./worker_messages.ts";
import type { SessionOptions } from "./session.ts";
import { WorkerHandle } from "./worker_handle.ts";

const log = logger("inference");

/** Tasks that a Worker holds: the one it runs, and the next, so that it never waits for the main thread. */
const TASKS_PER_WORKER = 2;

/** Milliseconds after which a Worker counts as stuck. */
const STALL_MS = {
  load: 120_000,
  probe: 120_000,
  unload: 30_000,
  measure: 120_000,
  inspect: 60_000,
  infer: 60_000,
} as const;

/** Workers that are replaced at once within a minute: one that always crashes must not do so all the time. */
const RESTARTS_PER_MINUTE = 10;

const MINUTE_MS = 60_000;

/** How a pool is made. */
export interface WorkerPoolOptions {
  /** How many Workers, at least 1. */
  readonly workers: number;
  /** How each of them runs its networks. */
  readonly session: SessionOptions;
  /** Jobs that may wait for a Worker. */
  readonly queueLengthMax: number;
  /** Queue times, deadlines and the pause after many crashes go by it. */
  readonly clock: Clock;
}

/** One inference. */
export interface InferJob {
  /** Name of a model that the pool has loaded. */
  readonly model: string;
  /** The picture, at its own size; its bytes are transferred to the Worker. */
  readonly pixels: Pixels;
  /** Least score that is reported, 0 to 1; the manifest's own when absent. */
  readonly scoreThreshold?: number | undefined;
  /** Time of `clock.nowMs()` after which nobody waits for the answer. */
  readonly deadlineMs?: number | undefined;
  /** Aborts when nobody waits for the answer: a job that waits is then not begun. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of one inference. */
export type InferOutcome = WorkerResults["infer"] & { readonly queueMs: number };

interface Waiting {
  readonly job: InferJob;
  readonly start: (worker: WorkerHandle) => void;
  readonly refuse: (error: SmarteyeError) => void;
}

/** A fixed number of Workers, each with every loaded model, and one bounded queue before them. */
export class WorkerPool {
  readonly #workers: WorkerHandle[] = [];
  readonly #models = new Map<string, CatalogueEntry>();
  readonly #queue: Waiting[] = [];
  readonly #stop = new AbortController();
  #deathsMs: number[] = [];

  /** Starts the Workers, with no model in them. */
  constructor(private readonly options: WorkerPoolOptions) {
    for (let i = 0; i < options.workers; i++) this.#workers.push(this.#spawn());
  }

  /** Workers that infer. */
  get workers(): number {
    return this.#workers.length;
  }

  /** Jobs that wait for a Worker to begin with them. */
  get queueLength(): number {
    const held = this.#workers.reduce((sum, { outstanding }) => sum + outstanding, 0);
    return this.#queue.length + held - this.running;
  }

  /** Jobs that a Worker is at. */
  get running(): number {
    return this.#workers.filter(({ outstanding }) => outstanding > 0).length;
  }

  /** Loads a model in every Worker. @throws {SmarteyeError} `failed_precondition` when it cannot be. */
  async load(entry: CatalogueEntry): Promise<void> {
    const { manifest } = entry;
    await Promise.all(this.#workers.map((worker) => this.#loadIn(worker, entry)));
    this.#models.set(manifest.name, entry);
  }

  /** Gives a model's memory back, in every Worker. */
  async unload(model: string): Promise<void> {
    this.#models.delete(model);
    await Promise.all(
      this.#workers.map((worker) => this.#ask(worker, { kind: "unload", model })),
    );
  }

  /** Measures the latency of a loaded model, with one job at a time. */
  measure(model: string, effort: MeasureEffort = AT_START): Promise<Measured> {
    return this.#ask(this.#idlest(), { kind: "measure", model, effort });
  }

  /** Infers a picture with a loaded model, and tells what there was on the way. */
  inspect(model: string, pixels: Pixels): Promise<Inspection> {
    return this.#ask(this.#idlest(), { kind: "inspect", model, pixels }, [pixels.data.buffer]);
  }

  /**
   * Infers when a Worker is free.
   *
   * @throws {SmarteyeError} `overloaded` when the queue is full, `deadline_exceeded` or `cancelled`
   * when nobody waits any more, and what the model threw.
   */
  async infer(job: InferJob): Promise<InferOutcome> {
    const gone = this.#whyGone(job);
    if (gone) throw gone;
    const sinceMs = this.options.clock.nowMs();
    const idlest = this.#idlest();
    if (this.#queue.length === 0 && idlest.outstanding < TASKS_PER_WORKER) {
      return await this.#run(job, idlest, sinceMs);
    }
    if (this.#queue.length >= this.options.queueLengthMax) {
      throw new SmarteyeError(
        "overloaded",
        `Cannot infer now: ${this.#queue.length} requests wait already, which is the limit`,
      );
    }
    return await new Promise((resolve, reject) => {
      const start = (worker: WorkerHandle) => {
        this.#run(job, worker, sinceMs).then(resolve, reject);
      };
      this.#queue.push({ job, start, refuse: reject });
    });
  }

  /** Stops the Workers. What waits or runs fails with `unavailable`. */
  close(): void {
    this.#stop.abort();
    const stopped = new SmarteyeError("unavailable", "Cannot infer: the workers are stopped");
    for (const waiting of this.#queue.splice(0)) waiting.refuse(stopped);
    for (const worker of this.#workers) worker.terminate();
  }

  async #run(job: InferJob, worker: WorkerHandle, sinceMs: number): Promise<InferOutcome> {
    const queueMs = this.options.clock.nowMs() - sinceMs;
    const { model, pixels, scoreThreshold } = job;
    const task = { kind: "infer", model, pixels, scoreThreshold } as const;
    return { ...await this.#ask(worker, task, [pixels.data.buffer]), queueMs };
  }

  /** Asks a Worker; whatever it was, once it is answered there is room for what waits. */
  #ask<K extends WorkerTask["kind"]>(
    worker: WorkerHandle,
    task: Extract<WorkerTask, { kind: K }>,
    transfer?: Transferable[],
  ): Promise<WorkerResults[K]> {
    return worker.ask(task, STALL_MS[task.kind], transfer).finally(() => this.#startNext());
  }

  #startNext(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idlest();
      if (worker.outstanding >= TASKS_PER_WORKER) return;
      const { job, start, refuse } = this.#queue.shift()!;
      const gone = this.#whyGone(job);
      if (gone) refuse(gone);
      else start(worker);
    }
  }

  #whyGone({ deadlineMs, signal }: InferJob): SmarteyeError | undefined {
    if (signal?.aborted) return new SmarteyeError("cancelled", "Cannot infer: the caller left");
    if (deadlineMs === undefined || this.options.clock.nowMs() < deadlineMs) return undefined;
    return new SmarteyeError("deadline_exceeded", "Cannot infer: the deadline has passed");
  }

  #idlest(): WorkerHandle {
    return this.#workers.reduce((a, b) => b.outstanding < a.outstanding ? b : a);
  }

  #loadIn(worker: WorkerHandle, { manifest, path }: CatalogueEntry): Promise<null> {
    const { session } = this.options;
    return this.#ask(worker, { kind: "load", manifest, path, session });
  }

  #spawn(): WorkerHandle {
    const worker: WorkerHandle = new WorkerHandle((why) => void this.#died(worker, why));
    return worker;
  }

  async #died(worker: WorkerHandle, why: string): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const nowMs = clock.nowMs();
    this.#deathsMs = [...this.#deathsMs.filter((atMs) => nowMs - atMs < MINUTE_MS), nowMs];
    const n = this.#deathsMs.length;
    if (n <= RESTARTS_PER_MINUTE) {
      log.error("a worker stopped, {why}; a new one takes its place", { why });
      return this.#replace(worker);
    }
    log.error("a worker stopped, {why}; {n} did within a minute, so the next one has to wait", {
      why,
      n,
    });
    // It would count as the idlest, and get every job.
    if (this.#workers.length > 1) this.#workers.splice(this.#workers.indexOf(worker), 1);
    await clock.sleep(MINUTE_MS, signal);
    if (!signal.aborted) this.#replace(worker);
  }

  /** Puts a new Worker where the dead one was, or beside the others when that place is gone. */
  #replace(dead: WorkerHandle): void {
    const fresh = this.#spawn();
    const place = this.#workers.indexOf(dead);
    if (place === -1) this.#workers.push(fresh);
    else this.#workers[place] = fresh;
    for (const entry of this.#models.values()) {
      this.#loadIn(fresh, entry).catch((error) => {
        log.error("cannot load {model} again: {error}", {
          model: entry.manifest.name,
          error: error.message,
        });
      });
    }
    this.#startNext();
  }
}
