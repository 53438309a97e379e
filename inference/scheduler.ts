/** Between the models' users and the Workers: which job begins next, and which never does. */

import type { Clock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Patience, Priority } from "../core/infer.ts";
import { FairQueue, type Queued } from "./fair_queue.ts";
import type { Outcome, OutputOf, WorkerInput } from "./workers/worker_messages.ts";

/**
 * Interactive jobs that may begin one after the other while a background job waits and could begin.
 * Then one of those does, so that they get at least a ninth of the beginnings, and none waits for ever.
 */
export const INTERACTIVE_IN_A_ROW = 8;

/**
 * Milliseconds after which a job without a deadline is as urgent as one whose deadline is then: it
 * waits for ever, but others must not always be let in before it. As long as a forwarder's own default.
 */
export const DUE_MS = 10_000;

/** One inference. */
export interface InferJob<Input extends WorkerInput = WorkerInput>
  extends Patience, Omit<Queued, "dueAtMs"> {
  /** How urgent it is. */
  readonly priority: Priority;
  /**
   * Makes what the network is given, once a Worker is about to begin: what waits in a queue holds no
   * more than was sent. Its bytes are transferred to the Worker.
   */
  readonly prepare: () => Promise<Input>;
}

/** A hold on a Worker, given back exactly once. */
export interface Place {
  /**
   * Infers in that Worker, with what may go through the network together.
   *
   * @returns what came of each input, in their order.
   * @throws {SmarteyeError} `aborted` when the Worker stops at it.
   */
  infer(inputs: readonly WorkerInput[]): Promise<readonly Outcome[]>;
  /** Leaves the place to others. */
  giveBack(): void;
}

/** Places at Workers. */
export interface Places {
  /** Jobs that can hold a place at the same time, which keeps all Workers busy. */
  readonly slots: number;
  /** Jobs that Workers can be at in the same moment; the others of `slots` are got ready meanwhile. */
  readonly jobsAtOnce: number;
  /** Whether there is a place for one more job of a model. */
  hasRoom(model: string): boolean;
  /** Takes a place, if there is one. */
  take(model: string): Place | undefined;
  /** Why there will be no place for a model, if that is so. */
  whyNever(model: string): SmarteyeError | undefined;
  /** Has `listener` called whenever one of the answers above may have changed. One listens. */
  onRoom(listener: () => void): void;
}

/** What a scheduler is made of. */
export interface SchedulerOptions {
  /** Where jobs are run. */
  readonly places: Places;
  /** Jobs that may wait, beside those that Workers are at. */
  readonly queueLengthMax: number;
  /** Deadlines are instants of it. */
  readonly clock: Clock;
}

interface Waiting extends InferJob, Queued {
  readonly begin: (place: Place) => void;
  readonly refuse: (error: SmarteyeError) => void;
}

/**
 * Queues jobs, and begins them when a Worker has a place: interactive ones before background ones
 * (but see {@link INTERACTIVE_IN_A_ROW}), models by turns ({@link FairQueue}), and of a model the one
 * with the earliest deadline.
 */
export class Scheduler {
  readonly #queues: Readonly<Record<Priority, FairQueue<Waiting>>> = {
    interactive: new FairQueue(),
    background: new FairQueue(),
  };
  #underWay = 0;
  #interactiveInARow = 0;

  /** Begins with nothing to do. */
  constructor(private readonly options: SchedulerOptions) {
    options.places.onRoom(() => this.#beginWhatCan());
  }

  /** Jobs that have no outcome yet, be they queued, got ready or run. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Runs a job when it is its turn.
   *
   * @throws {SmarteyeError} `overloaded` when too many wait; `deadline_exceeded`, if it could not
   * begin in time; `cancelled`, at once, when its signal aborts before a Worker has it; `aborted` when
   * the Worker stops at it; what `prepare` and the model throw.
   */
  async run<Input extends WorkerInput>(job: InferJob<Input>): Promise<OutputOf<Input>> {
    const gone = this.#whyGone(job) ?? this.options.places.whyNever(job.model);
    if (gone) throw gone;
    this.#refuseExpired();
    const { places, queueLengthMax } = this.options;
    if (this.#underWay >= places.jobsAtOnce + queueLengthMax) {
      throw new SmarteyeError(
        "overloaded",
        `Cannot infer now: ${this.#underWay} requests are under way, which is the limit`,
      );
    }
    this.#underWay++;
    const place = await this.#turnOf(job);
    try {
      return await this.#runAt(place, job);
    } finally {
      this.#underWay--;
      place.giveBack();
    }
  }

  /** Resolves with a place when it is the job's turn. One that is refused is no longer under way. */
  #turnOf(job: InferJob): Promise<Place> {
    const { signal } = job;
    return new Promise((resolve, reject) => {
      const queue = this.#queues[job.priority];
      const leave = () => {
        queue.remove(waiting);
        waiting.refuse(cancelled());
      };
      const waiting: Waiting = {
        ...job,
        dueAtMs: job.deadlineAtMs ?? this.options.clock.nowMs() + DUE_MS,
        begin: (place) => {
          signal?.removeEventListener("abort", leave);
          resolve(place);
        },
        refuse: (error) => {
          signal?.removeEventListener("abort", leave);
          this.#underWay--;
          reject(error);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      queue.push(waiting);
      this.#beginWhatCan();
    });
  }

  async #runAt<Input extends WorkerInput>(
    place: Place,
    job: InferJob<Input>,
  ): Promise<OutputOf<Input>> {
    const input = await job.prepare();
    const gone = this.#whyGone(job);
    if (gone) throw gone;
    const [outcome] = await place.infer([input]);
    if (outcome!.kind !== "failed") return outcome as OutputOf<Input>;
    const { code, message } = outcome!.error;
    throw new SmarteyeError(code, message);
  }

  #beginWhatCan(): void {
    this.#refuseExpired();
    this.#refuseHopeless();
    for (let next = this.#takeNext(); next; next = this.#takeNext()) {
      next.begin(this.options.places.take(next.model)!);
    }
  }

  #takeNext(): Waiting | undefined {
    const { places } = this.options;
    const mayBegin = (model: string) => places.hasRoom(model);
    const { interactive, background } = this.#queues;
    const isDue = this.#interactiveInARow >= INTERACTIVE_IN_A_ROW;
    const due = isDue ? background.takeNext(mayBegin) : undefined;
    const job = due ?? interactive.takeNext(mayBegin) ?? background.takeNext(mayBegin);
    const { models } = background;
    if (job?.priority === "background" || models.length === 0) this.#interactiveInARow = 0;
    else if (job && models.some(mayBegin)) this.#interactiveInARow++;
    return job;
  }

  #refuseExpired(): void {
    const nowMs = this.options.clock.nowMs();
    for (const queue of Object.values(this.#queues)) {
      for (const { refuse } of queue.takeExpired(nowMs)) refuse(expired());
    }
  }

  #refuseHopeless(): void {
    for (const queue of Object.values(this.#queues)) {
      for (const model of queue.models) {
        const why = this.options.places.whyNever(model);
        if (why) { for (const { refuse } of queue.takeAll(model)) refuse(why); }
      }
    }
  }

  #whyGone({ deadlineAtMs = Infinity, signal }: InferJob): SmarteyeError | undefined {
    if (signal?.aborted) return cancelled();
    return this.options.clock.nowMs() < deadlineAtMs ? undefined : expired();
  }
}

function cancelled(): SmarteyeError {
  return new SmarteyeError("cancelled", "Cannot infer: the caller left");
}

function expired(): SmarteyeError {
  return new SmarteyeError("deadline_exceeded", "Cannot infer: the deadline has passed");
}
