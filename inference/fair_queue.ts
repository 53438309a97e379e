/** Jobs that wait, a queue a model: the earliest deadline first, and every model its share. */

/** What a queue goes by. */
export interface Queued {
  /** Whose queue it waits in. */
  readonly model: string;
  /** Milliseconds that a Worker is expected to be at it, more than 0. */
  readonly costMs: number;
  /** Instant after which nobody waits for it; for ever when absent. */
  readonly deadlineAtMs?: number | undefined;
  /** Instant by which it is ordered: its deadline, or one that stands in for it. */
  readonly dueAtMs: number;
}

interface ModelQueue<Job> {
  readonly model: string;
  /** By `dueAtMs`; of equals the one that came first. Never empty. */
  readonly jobs: Job[];
  /** Milliseconds of a Worker that the model may still spend in this round. */
  creditMs: number;
  /** Whether it has been given its credit of this round. */
  isAtTurn: boolean;
}

/**
 * Jobs of one priority. Between models it is fair by deficit round robin (Shreedhar and Varghese,
 * "Efficient fair queuing using deficit round robin", SIGCOMM 1995), where a job's size is the
 * measured latency of its model: models that all have work get equal shares of the Workers' time,
 * however many requests each of them has.
 */
export class FairQueue<Job extends Queued> {
  /** The models that have jobs, in the order of their turns. */
  readonly #ring: ModelQueue<Job>[] = [];

  /** Models with jobs that wait. */
  get models(): string[] {
    return this.#ring.map(({ model }) => model);
  }

  /** Puts a job behind those of its model that are at least as urgent. */
  push(job: Job): void {
    let queue = this.#ring.find(({ model }) => model === job.model);
    if (!queue) this.#ring.push(queue = newQueue(job.model));
    const { jobs } = queue;
    const before = jobs.findLastIndex(({ dueAtMs }) => dueAtMs <= job.dueAtMs);
    jobs.splice(before + 1, 0, job);
  }

  /** Takes a job out, wherever it stands. */
  remove(job: Job): void {
    const queue = this.#ring.find(({ model }) => model === job.model);
    const at = queue?.jobs.indexOf(job) ?? -1;
    if (at !== -1) this.#takeAt(queue!, at);
  }

  /** Takes all jobs whose deadline has passed. */
  takeExpired(nowMs: number): Job[] {
    return [...this.#ring].flatMap((queue) => {
      const later = queue.jobs.findIndex(({ dueAtMs }) => dueAtMs > nowMs);
      const due = later === -1 ? queue.jobs.slice() : queue.jobs.slice(0, later);
      const expired = due.filter(({ deadlineAtMs }) => deadlineAtMs !== undefined);
      return expired.map((job) => this.#takeAt(queue, queue.jobs.indexOf(job)));
    });
  }

  /** Takes all jobs of a model. */
  takeAll(model: string): Job[] {
    const at = this.#ring.findIndex((queue) => queue.model === model);
    return at === -1 ? [] : this.#ring.splice(at, 1)[0]!.jobs;
  }

  /**
   * Takes the job that is next.
   *
   * @param mayBegin whether there is a Worker for a model; the others keep their turn and credit.
   */
  takeNext(mayBegin: (model: string) => boolean): Job | undefined {
    const able = this.#ring.filter(({ model }) => mayBegin(model));
    // With the largest cost as quantum, every turn is worth at least one job, so that this ends.
    const quantumMs = Math.max(0, ...able.map(({ jobs }) => jobs[0]!.costMs));
    while (able.length > 0) {
      const queue = able.shift()!;
      if (!queue.isAtTurn) queue.creditMs += quantumMs;
      queue.isAtTurn = true;
      const { costMs } = queue.jobs[0]!;
      if (queue.creditMs >= costMs) {
        queue.creditMs -= costMs;
        return this.#takeTogether(queue);
      }
      queue.isAtTurn = false;
      this.#ring.push(...this.#ring.splice(this.#ring.indexOf(queue), 1));
      able.push(queue);
    }
    return undefined;
  }

  /** Takes of one model's queue what goes into one run of the network: here a batch would be formed. */
  #takeTogether(queue: ModelQueue<Job>): Job {
    return this.#takeAt(queue, 0);
  }

  /** A model without jobs loses its turn and what is left of its credit, as the paper has it. */
  #takeAt(queue: ModelQueue<Job>, at: number): Job {
    const [job] = queue.jobs.splice(at, 1);
    if (queue.jobs.length === 0) this.#ring.splice(this.#ring.indexOf(queue), 1);
    return job!;
  }
}

function newQueue<Job>(model: string): ModelQueue<Job> {
  return { model, jobs: [], creditMs: 0, isAtTurn: false };
}
