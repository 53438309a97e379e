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
  /** Jobs that one run takes at most, if each of them takes as many; 1 when absent. */
  readonly batchMax?: number | undefined;
}

interface ModelQueue<Job> {
  readonly model: string;
  /** By `dueAtMs`; of equals the one that came first. Never empty. */
  readonly jobs: Job[];
  /** Milliseconds of a Worker that the model may still spend in this round; below 0 it has to wait. */
  creditMs: number;
  /** Whether it has been given its credit of this round. */
  isAtTurn: boolean;
}

/**
 * Jobs of one priority. Between models it is fair by deficit round robin (Shreedhar and Varghese,
 * "Efficient fair queuing using deficit round robin", SIGCOMM 1995), where a job's size is the
 * measured latency of its model: models that all have work get equal shares of the Workers' time,
 * however many requests each of them has. What a batch takes more than its model's credit is owed.
 */
export class FairQueue<Job extends Queued> {
  /** The models that have jobs, in the order of their turns. */
  readonly #ring: ModelQueue<Job>[] = [];
  /** Milliseconds that models without jobs still owe, as credit below 0. */
  readonly #debtsMs = new Map<string, number>();

  /** Models with jobs that wait. */
  get models(): string[] {
    return this.#ring.map(({ model }) => model);
  }

  /** The jobs of a model, in their order. */
  jobsOf(model: string): readonly Job[] {
    return this.#ring.find((queue) => queue.model === model)?.jobs ?? [];
  }

  /** Puts a job behind those of its model that are at least as urgent. */
  push(job: Job): void {
    let queue = this.#ring.find(({ model }) => model === job.model);
    if (!queue) this.#ring.push(queue = this.#newQueue(job.model));
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

  /**
   * Takes all jobs whose deadline has passed.
   *
   * @param instantOf what is compared with the deadlines of a model's jobs: now, or when one that
   * begins now would have ended.
   */
  takeExpired(instantOf: (model: string) => number): Job[] {
    return [...this.#ring].flatMap((queue) => {
      const instantMs = instantOf(queue.model);
      const expired = queue.jobs.filter(({ deadlineAtMs }) =>
        deadlineAtMs !== undefined && deadlineAtMs <= instantMs
      );
      return expired.map((job) => this.#takeAt(queue, queue.jobs.indexOf(job)));
    });
  }

  /** Takes all jobs of a model. */
  takeAll(model: string): Job[] {
    const at = this.#ring.findIndex((queue) => queue.model === model);
    const jobs = at === -1 ? [] : this.#ring.splice(at, 1)[0]!.jobs;
    if (this.#ring.length === 0) this.#debtsMs.clear();
    return jobs;
  }

  /**
   * Takes what is next: a job, or several of one model that go into one run.
   *
   * @param mayBegin whether there is a Worker for a model; the others keep their turn and credit.
   */
  takeNext(mayBegin: (model: string) => boolean): Job[] | undefined {
    const able = this.#ring.filter(({ model }) => mayBegin(model));
    // With the largest cost as quantum, every turn is worth at least one job, so that this ends.
    const quantumMs = Math.max(0, ...able.map(({ jobs }) => jobs[0]!.costMs));
    while (able.length > 0) {
      const queue = able.shift()!;
      if (!queue.isAtTurn) queue.creditMs += quantumMs;
      queue.isAtTurn = true;
      if (queue.creditMs >= queue.jobs[0]!.costMs) return this.#takeTogether(queue);
      queue.isAtTurn = false;
      this.#ring.push(...this.#ring.splice(this.#ring.indexOf(queue), 1));
      able.push(queue);
    }
    return undefined;
  }

  /** Takes of one model's queue what goes into one run of the network: the most urgent, and others. */
  #takeTogether(queue: ModelQueue<Job>): Job[] {
    const together = queue.jobs.slice(0, batchMaxOf(queue.jobs[0]!))
      .filter((job, at) => at === 0 || batchMaxOf(job) > 1);
    for (const job of together) {
      queue.creditMs -= job.costMs;
      this.#takeAt(queue, queue.jobs.indexOf(job));
    }
    return together;
  }

  /**
   * A model without jobs loses its turn and what is left of its credit, as the paper has it. What it
   * owes it owes as long as others have jobs.
   */
  #takeAt(queue: ModelQueue<Job>, at: number): Job {
    const [job] = queue.jobs.splice(at, 1);
    if (queue.jobs.length > 0) return job!;
    this.#ring.splice(this.#ring.indexOf(queue), 1);
    if (this.#ring.length === 0) this.#debtsMs.clear();
    else if (queue.creditMs < 0) this.#debtsMs.set(queue.model, queue.creditMs);
    return job!;
  }

  #newQueue(model: string): ModelQueue<Job> {
    const creditMs = this.#debtsMs.get(model) ?? 0;
    this.#debtsMs.delete(model);
    return { model, jobs: [], creditMs, isAtTurn: false };
  }
}

function batchMaxOf({ batchMax = 1 }: Queued): number {
  return batchMax;
}
