/** Work that several runs share: a bounded number of tasks at once, and each run's in its turn. */

import { BoundedQueue, type Dropped, type OverflowRule } from "../core/bounded_queue.ts";
import type { Clock } from "../core/clock.ts";

/** What a lane's tasks are to an executor. */
export interface LaneOptions<T> {
  /** Tasks that may wait. */
  readonly queueLengthMax: number;
  /** What becomes of one more. */
  readonly overflow: OverflowRule;
  /** Does a task; its slot is free for the next when this is done. A failure is thrown by `finish`. */
  readonly perform: (task: T) => Promise<void>;
  /** Takes over a task that was dropped, with the reason, as a clause. */
  readonly onDrop: (task: T, why: string) => void;
  /** How long tasks wait goes by it; the machine's own, if not said. */
  readonly clock?: Clock;
}

/** A lane as its executor sees it. */
export interface Startable {
  /** The oldest task as something to do; `undefined` when none waits. */
  next(): (() => Promise<void>) | undefined;
}

/** Does at most `slots` tasks at once. Lanes in which tasks wait are served round robin. */
export class Executor {
  /** In the order of their turns: who was served last stands last. */
  readonly #lanes: Startable[] = [];
  #running = 0;

  /** Starts idle, without lanes. @throws {RangeError} if `slots` is not a whole number of at least 1. */
  constructor(readonly slots: number) {
    if (!Number.isInteger(slots) || slots < 1) {
      throw new RangeError(`Cannot make an executor of ${slots} slots: at least 1 is wanted`);
    }
  }

  /** Tasks under way. */
  get running(): number {
    return this.#running;
  }

  /**
   * A lane of its own for one who brings tasks, until it is finished.
   *
   * @throws {RangeError} if `queueLengthMax` is not a whole number of at least 1.
   */
  lane<T>(options: LaneOptions<T>): Lane<T> {
    const lane = new Lane(options, {
      serve: () => this.#serve(),
      leave: () => void this.#lanes.splice(this.#lanes.indexOf(lane), 1),
    });
    this.#lanes.push(lane);
    return lane;
  }

  #serve(): void {
    while (this.#running < this.slots) {
      const start = this.#nextInTurn();
      if (!start) return;
      this.#running++;
      void start().then(() => {
        this.#running--;
        this.#serve();
      });
    }
  }

  #nextInTurn(): (() => Promise<void>) | undefined {
    for (const [at, lane] of this.#lanes.entries()) {
      const start = lane.next();
      if (!start) continue;
      this.#lanes.splice(at, 1);
      this.#lanes.push(lane);
      return start;
    }
  }
}

/** Resolves when no lane has a task, though the tasks of one may bring others to another. */
export async function allIdle(
  lanes: readonly Pick<Lane<never>, "isBusy" | "idle">[],
): Promise<void> {
  while (lanes.some((lane) => lane.isBusy)) await Promise.all(lanes.map((lane) => lane.idle()));
}

/** The tasks of one run at an executor: they wait in a queue of their own. */
export class Lane<T> implements Startable {
  readonly #queue: BoundedQueue<T>;
  readonly #finished = Promise.withResolvers<void>();
  #running = 0;
  #finishing = false;
  #failure: { readonly error: unknown } | undefined;
  #idle = Promise.withResolvers<void>();

  /** Made by {@link Executor.lane}; `executor` is what it needs of it. */
  constructor(
    private readonly options: LaneOptions<T>,
    private readonly executor: { readonly serve: () => void; readonly leave: () => void },
  ) {
    const { queueLengthMax, overflow, onDrop, clock } = options;
    const drop = (task: T, dropped: Dropped) => onDrop(task, this.#why(dropped));
    this.#queue = new BoundedQueue(queueLengthMax, overflow, drop, clock);
  }

  /** Tasks that wait, those that there is no room for yet among them. */
  get waiting(): number {
    return this.#queue.length + this.#queue.atDoor;
  }

  /** Whether one more task may wait now, whatever becomes of those that there is no room for. */
  get hasRoom(): boolean {
    return this.waiting < this.options.queueLengthMax;
  }

  /** Brings a task. Under `wait` it resolves when there was room for it, else at once. */
  submit(task: T): Promise<void> {
    const admitted = this.#queue.push(task);
    this.executor.serve();
    return admitted;
  }

  /** Lets no task in until `release`: under `wait`, whoever brings one waits. */
  hold(): void {
    this.#queue.hold();
  }

  /** Lets tasks in again. */
  release(): void {
    this.#queue.release();
    this.executor.serve();
  }

  /** Resolves when no task waits or is under way. Others may be brought after that. */
  async idle(): Promise<void> {
    while (this.isBusy) await this.#idle.promise;
  }

  /**
   * Resolves when all tasks that were brought are done; no more may be brought after that.
   *
   * @throws what a task threw, the first that did.
   */
  async finish(): Promise<void> {
    this.#finishing = true;
    this.#leaveWhenDone();
    await this.#finished.promise;
    if (this.#failure) throw this.#failure.error;
  }

  /** For the executor: the oldest task as something to do. */
  next(): (() => Promise<void>) | undefined {
    const task = this.#queue.take();
    return task === undefined ? undefined : () => this.#perform(task);
  }

  #why({ cause, waitedMs }: Dropped): string {
    const { queueLengthMax, overflow } = this.options;
    const waited = `it had waited ${Math.round(waitedMs)} ms`;
    if (cause === "late") return `the queue was too slow, ${waited} (overflow = ${overflow})`;
    const full = `the queue of ${queueLengthMax} frames was full`;
    return `${full}${overflow === "adaptive" ? `, ${waited}` : ""} (overflow = ${overflow})`;
  }

  async #perform(task: T): Promise<void> {
    this.#running++;
    try {
      await this.options.perform(task);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#running--;
    this.#leaveWhenDone();
  }

  /** Whether a task waits or is under way. */
  get isBusy(): boolean {
    return this.#left > 0;
  }

  get #left(): number {
    return this.#running + this.waiting;
  }

  #leaveWhenDone(): void {
    if (this.#left > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
    if (!this.#finishing) return;
    this.#finishing = false;
    this.executor.leave();
    this.#finished.resolve();
  }
}
