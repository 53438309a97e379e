/** Everything that infers on a node, put together: what an edge, a server, a bench and a lab open. */

import type { Clock } from "../core/clock.ts";
import type { InferTimings } from "../core/infer.ts";
import type { Catalogue } from "../models/catalogue.ts";
import type { ProfileCache } from "./profile_cache.ts";
import type { BatchingOptions } from "./batching.ts";
import { decodesInTurn, describeProvider } from "./provider.ts";
import { ModelRepository } from "./repository.ts";
import { Scheduler } from "./scheduler.ts";
import type { SessionOptions } from "./network/session.ts";
import { TASKS_OF_FILES, TASKS_OF_PIXELS } from "./workers/pooled_worker.ts";
import { WorkerPool } from "./workers/worker_pool.ts";

/** How pictures of one model go through it together. */
export interface EngineBatching extends BatchingOptions {
  /** Pictures at most; 0: as many as was measured to pay. */
  readonly batchMax: number;
}

/** How an engine is made. */
export interface EngineOptions {
  /** What may be loaded. */
  readonly catalogue: Catalogue;
  /** How many Workers, at least 1. */
  readonly workers: number;
  /** How each of them runs its networks. */
  readonly session: SessionOptions;
  /** What most pictures come as: a Worker that decodes them is given more of them at a time. */
  readonly pictures?: "pixels" | "files";
  /** Jobs that may wait, beside those that Workers are at. */
  readonly queueLengthMax: number;
  /** How pictures of one model go through it together; without it, as many as pay, and none waits. */
  readonly batching?: EngineBatching | undefined;
  /** Latencies that are known, and kept; without it, a loaded model is not measured. */
  readonly profiles?: ProfileCache | undefined;
  /** Timings, deadlines and stalls go by it. */
  readonly clock: Clock;
}

/** Models, and Workers that infer with them: repository → scheduler → Workers. */
export class InferenceEngine implements AsyncDisposable {
  /** Loads models and infers with them. */
  readonly repository: ModelRepository;
  /** Name of what the sessions run on. */
  readonly provider: string;
  readonly #decodesInTurn: boolean;
  readonly #pool: WorkerPool;
  readonly #scheduler: Scheduler;

  private constructor(options: EngineOptions) {
    const { workers, session, queueLengthMax, clock, catalogue, profiles, pictures } = options;
    const tasksPerWorker = pictures === "files" ? TASKS_OF_FILES : TASKS_OF_PIXELS;
    const pool = this.#pool = new WorkerPool({ workers, session, tasksPerWorker, clock });
    const { batching = { batchMax: 0, maxDelayMs: 0 } } = options;
    const scheduler = this.#scheduler = new Scheduler(
      { places: pool, queueLengthMax, batching, clock },
    );
    const { batchMax } = batching;
    this.repository = new ModelRepository(
      { catalogue, pool, scheduler, profiles, session, batchMax, clock },
    );
    this.provider = describeProvider(session.provider);
    this.#decodesInTurn = decodesInTurn(session.provider);
  }

  /** Starts the Workers, with no model in them. */
  static open(options: EngineOptions): InferenceEngine {
    return new InferenceEngine(options);
  }

  /** Inferences under way at the same time that keep all Workers busy; more of them only wait. */
  get slots(): number {
    return this.#pool.slots;
  }

  /** Workers that infer. */
  get workers(): number {
    return this.#pool.workers;
  }

  /** Inferences that Workers are at, those of a batch counted each. */
  get running(): number {
    return this.#pool.running;
  }

  /** Workers that have stopped by themselves, and not because they were told to. */
  get workerCrashes(): number {
    return this.#pool.crashes;
  }

  /** Inferences that have no outcome yet, and that no Worker is at. */
  get waiting(): number {
    return this.#scheduler.waiting;
  }

  /** Inferences that have no outcome yet. */
  get underWay(): number {
    return this.#scheduler.underWay;
  }

  /** Milliseconds that a Worker's thread was at a picture, or a share of those that ran `together`. */
  workerMs({ decode, preprocess, infer, postprocess }: InferTimings, together = 1): number {
    return (this.#decodesInTurn ? decode : 0) + (preprocess + infer + postprocess) / together;
  }

  /**
   * Stops the Workers, each when it has ended what it is at and given its memory back, within bounded
   * time. Who waits, and who asks afterwards, is told at once: `unavailable`.
   */
  close(): Promise<void> {
    return this.#pool.leave();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
