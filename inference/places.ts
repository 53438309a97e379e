/** Where jobs are run: holds on Workers, as a scheduler sees them. */

import { SmarteyeError } from "../core/errors.ts";
import type { Outcome, WorkerInput } from "./workers/worker_messages.ts";

/** What came of inputs that were given to a Worker together. */
export interface Ran {
  /** One for each input, in their order. */
  readonly outcomes: readonly Outcome[];
  /** Milliseconds that the Worker was at them, without those in which it was at others. */
  readonly tookMs: number;
  /** Milliseconds for which the answer waited until this thread had time for it. */
  readonly lagMs: number;
}

/** A Worker stopped at something else, while this waited in it: it is not to blame. */
export class NotBegunError extends SmarteyeError {
  /** It is told `why` the Worker stopped. */
  constructor(why: string) {
    super("aborted", `Cannot infer: the worker that had it stopped at something else, ${why}`);
  }
}

/** A hold on a Worker, given back exactly once. */
export interface Place {
  /**
   * Infers in that Worker, with what may go through the network together.
   *
   * @throws {SmarteyeError} `aborted` when the Worker stops at it.
   * @throws {NotBegunError} when the Worker stops before it.
   */
  infer(inputs: readonly WorkerInput[]): Promise<Ran>;
  /**
   * Tells that nobody waits any more for one of the inputs: where the Worker is not at them yet, it
   * passes over it.
   */
  leaveOut(index: number): void;
  /** Leaves the place to others. */
  giveBack(): void;
}

/** Places at Workers. */
export interface Places {
  /** Tasks that can hold a place at the same time, which keeps all Workers busy. */
  readonly slots: number;
  /** Tasks that Workers can be at in the same moment; the others of `slots` are got ready meanwhile. */
  readonly jobsAtOnce: number;
  /** Inferences that Workers are at, those of a batch counted each. */
  readonly running: number;
  /** Whether there is a place for one more task of a model. */
  hasRoom(model: string): boolean;
  /**
   * Takes a place, if there is one, where the least is before it.
   *
   * @param costMs milliseconds that a Worker is expected to be at it.
   */
  take(model: string, costMs: number): Place | undefined;
  /** Milliseconds that each Worker is expected to be busy yet with the places that are taken. */
  committedMs(): readonly number[];
  /** Why there will be no place for a model, if that is so. */
  whyNever(model: string): SmarteyeError | undefined;
  /** Has `listener` called whenever one of the answers above may have changed. One listens. */
  onRoom(listener: () => void): void;
}
