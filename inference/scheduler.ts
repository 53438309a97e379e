/** Between the models' users and the Workers: which job begins next, and which never does. */

import { type Clock, OVER } from "../core/clock.ts";
import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { Patience, Priority } from "../core/infer.ts";
import { Admission, INTERACTIVE_IN_A_ROW } from "./admission.ts";
import { type BatchingOptions, keptBackMs } from "./batching.ts";
import { FairQueue, type Queued } from "./fair_queue.ts";
import { NotBegunError, type Place, type Places } from "./places.ts";
import { ServiceTimes } from "./service_time.ts";
import type { Outcome, OutputOf, WorkerInput } from "./workers/worker_messages.ts";

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
  /** Milliseconds that its model was measured to take without load, more than 0. */
  readonly costMs: number;
  /**
   * Makes what the network is given, once a Worker is about to begin: what waits in a queue holds no
   * more than was sent. Its bytes are transferred to the Worker.
   */
  readonly prepare: () => Promise<Input>;
  /** Whether `prepare` can do so once more, for another Worker: the first one stopped before it began. */
  readonly isRepeatable?: boolean | undefined;
}

/** What a scheduler is made of. */
export interface SchedulerOptions {
  /** Where jobs are run. */
  readonly places: Places;
  /** Jobs that may wait, beside those that Workers are at. */
  readonly queueLengthMax: number;
  /** How batches are gathered; without it, nobody waits for one. */
  readonly batching?: BatchingOptions | undefined;
  /** Deadlines are instants of it. */
  readonly clock: Clock;
}

/** A job that was let in. */
interface Waiting extends InferJob, Queued {
  readonly expectedMs: number;
  readonly cameAtMs: number;
  /** Ends it, the first time; whether it was that. */
  end: (how: Outcome | Error) => boolean;
  /** Whether it has ended. */
  isOver: boolean;
  /** Tells the Worker that has it, if one has, that nobody waits for it. */
  leaveOut?: () => void;
  /** Whether it is on its way to a second Worker, and to no other. */
  isRepeated: boolean;
}

/**
 * Queues jobs, and begins them when a Worker has a place: interactive ones before background ones
 * (but see {@link INTERACTIVE_IN_A_ROW}), models by turns ({@link FairQueue}), and of a model the one
 * with the earliest deadline, with others that go into the same run. What cannot end in time is not
 * let in ({@link Admission}).
 */
export class Scheduler {
  readonly #queues: Readonly<Record<Priority, FairQueue<Waiting>>> = {
    interactive: new FairQueue(),
    background: new FairQueue(),
  };
  readonly #times: ServiceTimes;
  readonly #admission: Admission;
  /** Jobs that Workers have, or are about to. */
  readonly #begun = new Set<Waiting>();
  #underWay = 0;
  #interactiveInARow = 0;
  #keptBack = new AbortController();

  /** Begins with nothing to do. */
  constructor(private readonly options: SchedulerOptions) {
    const { places, clock } = options;
    this.#times = new ServiceTimes(clock);
    this.#admission = new Admission({ queues: this.#queues, places, times: this.#times, clock });
    places.onRoom(() => this.#beginWhatCan());
  }

  /** Jobs that have no outcome yet, be they queued, got ready or run. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Jobs that have no outcome yet, and that no Worker is at. */
  get waiting(): number {
    return Math.max(0, this.#underWay - this.options.places.running);
  }

  /**
   * Runs a job when it is its turn.
   *
   * @throws {SmarteyeError} `overloaded` when too many wait, or it would be late behind them, or it has
   * to leave its place to another; `deadline_exceeded`, if it could not begin in time after all;
   * `cancelled`, at once, when its signal aborts; `aborted` when the Worker stops at it, or before it
   * where it cannot be repeated, or twice; what `prepare` and the model throw.
   */
  async run<Input extends WorkerInput>(job: InferJob<Input>): Promise<OutputOf<Input>> {
    const gone = this.#whyGone(job) ?? this.options.places.whyNever(job.model);
    if (gone) throw gone;
    this.#refuseExpired();
    const waiting = this.#admit(job);
    const outcome = await new Promise<Outcome>((resolve, reject) => {
      const { signal } = job;
      const leave = () => waiting.end(cancelled()) && this.#leave(waiting);
      waiting.end = (how) => {
        if (waiting.isOver) return false;
        waiting.isOver = true;
        this.#underWay--;
        signal?.removeEventListener("abort", leave);
        if (how instanceof Error) reject(how);
        else resolve(how);
        return true;
      };
      this.#underWay++;
      signal?.addEventListener("abort", leave, { once: true });
      this.#queues[job.priority].push(waiting);
      this.#beginWhatCan();
    });
    if (outcome.kind !== "failed") return outcome as OutputOf<Input>;
    const { code, message } = outcome.error;
    throw new SmarteyeError(code, message);
  }

  /** @throws {SmarteyeError} `overloaded`. */
  #admit(job: InferJob): Waiting {
    const { places, queueLengthMax, clock } = this.options;
    const { model, costMs: expectedMs, deadlineAtMs } = job;
    const isFull = this.#underWay >= places.jobsAtOnce + queueLengthMax;
    const yielding = isFull ? this.#yielding(job) : undefined;
    const retryAfterMs = this.#admission.paceMs(model, expectedMs);
    if (isFull && !yielding) {
      throw full(`${this.#underWay} requests are under way, which is the limit`, retryAfterMs);
    }
    const cameAtMs = clock.nowMs();
    const dueAtMs = deadlineAtMs ?? cameAtMs + DUE_MS;
    const applicant = { ...job, expectedMs, dueAtMs };
    const refusal = this.#admission.refusal(applicant, this.#underWay === 0);
    if (refusal) throw refusal;
    if (yielding?.end(full("as many wait as may, and others come first", retryAfterMs))) {
      this.#leave(yielding);
    }
    this.#admission.note(applicant);
    const { pictureMs: costMs } = this.#times.of(model, expectedMs);
    return { ...applicant, cameAtMs, costMs, isOver: false, isRepeated: false, end: () => false };
  }

  /**
   * The job that leaves its place in a full queue to another, if one should: whoever asks most would
   * have all places otherwise, and what is fair among those that wait would be so among his alone.
   * Background work yields to interactive, but for a ninth of the places, and a model that has more
   * of them to one that has fewer; of what could yield, the least urgent does.
   */
  #yielding({ model, priority }: InferJob): Waiting | undefined {
    const { background } = this.#queues;
    const ofModels = (queue: FairQueue<Waiting>) =>
      queue.models.map((each) => queue.jobsOf(each)).sort((a, b) => b.length - a.length);
    const least = ofModels(background);
    const waiting = least.reduce((sum, { length }) => sum + length, 0);
    const kept = Math.max(1, this.options.queueLengthMax / (INTERACTIVE_IN_A_ROW + 1));
    if (priority === "interactive" && waiting > kept) return least[0]!.at(-1);
    const [most] = ofModels(this.#queues[priority]);
    const own = this.#queues[priority].jobsOf(model).length;
    return most && most.length > own + 1 ? most.at(-1) : undefined;
  }

  /** Runs jobs at a place that was taken for them, and gives it back. */
  async #runAt(place: Place, jobs: readonly Waiting[]): Promise<void> {
    for (const job of jobs) this.#begun.add(job);
    try {
      const prepared = await Promise.all(jobs.map((job) => this.#prepared(job)));
      const going = prepared.filter((one) => one !== undefined).filter(({ job }) => !job.isOver);
      if (going.length === 0) return;
      for (const [at, { job }] of going.entries()) job.leaveOut = () => place.leaveOut(at);
      const { outcomes, tookMs, lagMs } = await place.infer(going.map(({ input }) => input));
      this.#admission.noteLag(lagMs);
      const inferred = outcomes.filter(({ kind }) => kind !== "failed").length;
      if (inferred > 0) this.#times.note(jobs[0]!.model, inferred, tookMs);
      for (const [at, { job }] of going.entries()) job.end(outcomes[at]!);
    } catch (thrown) {
      for (const job of jobs) this.#repeatOrEnd(job, errorOf(thrown));
    } finally {
      for (const job of jobs) this.#begun.delete(job);
      place.giveBack();
    }
  }

  /** What a Worker had not begun when it stopped waits once more: it stopped at something else. */
  #repeatOrEnd(job: Waiting, error: Error): void {
    const isRepeated = error instanceof NotBegunError && job.isRepeatable && !job.isRepeated;
    if (!isRepeated) return void job.end(error);
    if (job.isOver) return;
    job.isRepeated = true;
    delete job.leaveOut;
    this.#queues[job.priority].push(job);
  }

  /** What a job gives to the network; nothing where it has ended instead. */
  async #prepared(job: Waiting): Promise<{ job: Waiting; input: WorkerInput } | undefined> {
    try {
      const input = await job.prepare();
      const gone = this.#whyGone(job);
      if (!gone) return { job, input };
      job.end(gone);
    } catch (thrown) {
      job.end(errorOf(thrown));
    }
    return undefined;
  }

  #beginWhatCan(): void {
    this.#keptBack.abort(OVER);
    this.#refuseExpired();
    this.#refuseHopeless();
    const keptBack = new Map<string, number>();
    for (let next = this.#takeNext(keptBack); next; next = this.#takeNext(keptBack)) {
      const costMs = next.reduce((sum, job) => sum + job.costMs, 0);
      void this.#runAt(this.options.places.take(next[0]!.model, costMs)!, next);
    }
    if (keptBack.size > 0) this.#comeBack(Math.min(...keptBack.values()));
  }

  #comeBack(afterMs: number): void {
    const { signal } = this.#keptBack = new AbortController();
    void this.options.clock.sleep(afterMs, signal).then(() => {
      if (!signal.aborted) this.#beginWhatCan();
    });
  }

  /** @param keptBack is told what waits for others to come, and for how long. */
  #takeNext(keptBack: Map<string, number>): Waiting[] | undefined {
    const { interactive, background } = this.#queues;
    const ofQueue = (queue: FairQueue<Waiting>) => (model: string) =>
      this.#mayBegin(queue, model, keptBack);
    const isDue = this.#interactiveInARow >= INTERACTIVE_IN_A_ROW;
    const due = isDue ? background.takeNext(ofQueue(background)) : undefined;
    const jobs = due ?? interactive.takeNext(ofQueue(interactive)) ??
      background.takeNext(ofQueue(background));
    const { models } = background;
    if (jobs?.[0]?.priority === "background" || models.length === 0) this.#interactiveInARow = 0;
    else if (jobs && models.some(ofQueue(background))) this.#interactiveInARow += jobs.length;
    return jobs;
  }

  #mayBegin(queue: FairQueue<Waiting>, model: string, keptBack: Map<string, number>): boolean {
    const { places, batching = { maxDelayMs: 0 }, clock } = this.options;
    if (!places.hasRoom(model)) return false;
    const jobs = queue.jobsOf(model);
    if ((jobs[0]!.batchMax ?? 1) === 1) return true;
    const service = this.#times.of(model, jobs[0]!.expectedMs);
    const ms = keptBackMs(jobs, service, places.committedMs(), batching, clock);
    if (ms > 0) keptBack.set(model, Math.min(ms, keptBack.get(model) ?? Infinity));
    return ms === 0;
  }

  /** Ends what is too late, and what waits although not even the quickest run would be in time. */
  #refuseExpired(): void {
    const nowMs = this.options.clock.nowMs();
    for (const queue of Object.values(this.#queues)) {
      const expired = queue.takeExpired((model) =>
        nowMs + this.#times.of(model, queue.jobsOf(model)[0]!.expectedMs).leastMs
      );
      for (const job of expired) job.end(late());
    }
    for (const job of this.#begun) {
      if ((job.deadlineAtMs ?? Infinity) > nowMs) continue;
      if (job.end(late())) job.leaveOut?.();
    }
  }

  #refuseHopeless(): void {
    for (const queue of Object.values(this.#queues)) {
      for (const model of queue.models) {
        const whyNever = () => this.options.places.whyNever(model);
        const why = whyNever();
        // Each its own error: who counts failures tells them apart by it.
        if (why) { for (const job of queue.takeAll(model)) job.end(whyNever() ?? why); }
      }
    }
  }

  /** One that ended early frees what it holds. */
  #leave(job: Waiting): void {
    this.#queues[job.priority].remove(job);
    job.leaveOut?.();
  }

  #whyGone({ deadlineAtMs = Infinity, signal }: InferJob): SmarteyeError | undefined {
    if (signal?.aborted) return cancelled();
    return this.options.clock.nowMs() < deadlineAtMs ? undefined : late();
  }
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : asSmarteyeError(thrown, "infer");
}

function cancelled(): SmarteyeError {
  return new SmarteyeError("cancelled", "Cannot infer: the caller left");
}

function full(why: string, retryAfterMs: number): SmarteyeError {
  return new SmarteyeError(
    "overloaded",
    `Cannot infer now: ${why}`,
    { retryAfterMs },
  );
}

function late(): SmarteyeError {
  return new SmarteyeError("deadline_exceeded", "Cannot infer: the deadline has passed");
}
