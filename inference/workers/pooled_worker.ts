/** One Worker of a pool: which models it holds, and the places of those who infer in it. */

import type { Clock } from "../../core/clock.ts";
import type { Pixels } from "../../core/frame.ts";
import type { Inspection } from "../network/inspection.ts";
import type { Measured, MeasureEffort } from "../network/measurement.ts";
import type { Place } from "../places.ts";
import type { SessionOptions } from "../network/session.ts";
import type { ModelTensors } from "../network/tensors.ts";
import { keyOf, type Loadable } from "./loadable.ts";
import { TakenPlaces } from "./taken_places.ts";
import { WorkerHandle } from "./worker_handle.ts";
import { buffersOf } from "./worker_messages.ts";

/**
 * Tasks that keep a Worker busy whose pictures come as pixels: the one that it is at, and the next,
 * which waits in the Worker, so that it never waits for the main thread.
 */
export const TASKS_OF_PIXELS = 2;

/**
 * The same where it decodes them: one that it is at, one that is decoded, and one that arrives while
 * a network blocks the Worker's thread, and is decoded during the next run.
 */
export const TASKS_OF_FILES = 3;

/** What a Worker of a pool is made of. */
export interface PooledWorkerParts {
  /** How it runs its networks. */
  readonly session: SessionOptions;
  /** Tasks that it is given at a time: what it is at, and what waits in it. */
  readonly tasksMax: number;
  /** Stalls are measured by it. */
  readonly clock: Clock;
  /** Called once when it can no longer be used, unless it was stopped by us. */
  readonly onDeath: (why: string) => void;
  /** Called when it may take more than before. */
  readonly onRoom: () => void;
}

interface Held {
  readonly entry: Loadable;
  readonly tensors: ModelTensors;
}

/** A Worker, alive or dead. */
export class PooledWorker {
  readonly #handle: WorkerHandle;
  readonly #held = new Map<string, Held>();
  readonly #whenIdle: (() => void)[] = [];
  readonly #places: TakenPlaces;
  #nextRun = 0;
  #outOfService = 0;

  /** Starts the Worker, with no model in it. */
  constructor(private readonly parts: PooledWorkerParts) {
    this.#handle = new WorkerHandle(parts.clock, parts.onDeath);
    this.#places = new TakenPlaces(parts.clock);
  }

  /** Whether it can no longer be used. */
  get isDead(): boolean {
    return this.#handle.isDead;
  }

  /** Whether it takes inferences: it is alive, and not at something else. */
  get isInService(): boolean {
    return !this.isDead && this.#outOfService === 0;
  }

  /** Milliseconds that it is expected to be busy yet with the places that are taken. */
  get committedMs(): number {
    return this.#places.committedMs;
  }

  /** Inferences that it is at. */
  get running(): number {
    return this.#places.running;
  }

  /** The model of that key that it holds. */
  held(key: string): Loadable | undefined {
    return this.#held.get(key)?.entry;
  }

  /** The tensors of the model of that key that it holds. */
  tensorsOf(key: string): ModelTensors | undefined {
    return this.#held.get(key)?.tensors;
  }

  /** Whether one more task of that model may begin in it. */
  hasRoom(model: string): boolean {
    return this.isInService && this.#places.count < this.parts.tasksMax && this.#held.has(model);
  }

  /**
   * Takes a place for a model; `hasRoom` must say that there is one.
   *
   * @param costMs milliseconds that it is expected to be at it.
   */
  take(model: string, costMs: number): Place {
    const taken = this.#places.take(costMs);
    const run = this.#nextRun++;
    return {
      infer: async (inputs) => {
        const { answer, tookMs } = await this.#places.during(
          taken,
          inputs.length,
          () =>
            this.#handle.ask(
              { kind: "infer", run, model, inputs },
              inputs.flatMap(buffersOf),
            ),
        );
        return { outcomes: answer, tookMs, lagMs: this.#handle.lagMs };
      },
      leaveOut: (index) => this.#handle.tell({ leaveOut: index, run }),
      giveBack: () => {
        if (!this.#places.giveBack(taken)) return;
        if (this.#places.count === 0) { for (const begin of this.#whenIdle.splice(0)) begin(); }
        this.parts.onRoom();
      },
    };
  }

  /** Does something while no inference is in the Worker: those that have a place end first. */
  async outOfService<T>(work: () => Promise<T>): Promise<T> {
    this.#outOfService++;
    try {
      if (this.#places.count > 0) {
        await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
      }
      return await work();
    } finally {
      this.#outOfService--;
      this.parts.onRoom();
    }
  }

  /**
   * Loads a model, in place of one of that key; what fails leaves that one as it is. Blocks the
   * Worker: it should be out of service.
   */
  async load(entry: Loadable): Promise<void> {
    const { manifest, path } = entry;
    const { session } = this.parts;
    const model = keyOf(entry);
    const weights = entry.weights?.slice();
    const tensors = await this.#handle.ask(
      { kind: "load", model, manifest, path, session, weights },
      weights && [weights.buffer],
    );
    this.#held.set(model, { entry, tensors });
  }

  /** Gives a model's memory back, once the inferences that were asked before are done. */
  async unload(model: string): Promise<void> {
    if (!this.#held.delete(model)) return;
    await this.#handle.ask({ kind: "unload", model }).catch((error) => {
      if (!this.isDead) throw error; // with a Worker, its models are gone
    });
  }

  /** Measures the latency of a model that it holds. It should be out of service. */
  measure(model: string, effort: MeasureEffort): Promise<Measured> {
    return this.#handle.ask({ kind: "measure", model, effort });
  }

  /** Infers a picture with a model that it holds, and tells what there was on the way. */
  inspect(model: string, pixels: Pixels): Promise<Inspection> {
    return this.#handle.ask({ kind: "inspect", model, pixels }, [pixels.data.buffer]);
  }

  /** Stops it at once. */
  terminate(): void {
    this.#handle.terminate();
  }

  /** Stops it when it has ended what it is at; whoever asked is told at once. */
  leave(): Promise<void> {
    return this.#handle.leave();
  }
}
