/** The Workers of a pool: so many are kept alive, each with every model that it should hold. */

import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import { keyOf, type Loadable, saidOf } from "./loadable.ts";
import { PooledWorker } from "./pooled_worker.ts";
import type { SessionOptions } from "../network/session.ts";

const log = logger("inference");

/** Workers that are replaced at once within a minute: one that always crashes must not do so all the time. */
const RESTARTS_PER_MINUTE = 10;

const MINUTE_MS = 60_000;

/** How many Workers there are, and how they run. */
export interface CrewOptions {
  /** How many Workers, at least 1. */
  readonly workers: number;
  /** How each of them runs its networks. */
  readonly session: SessionOptions;
  /** Tasks that each of them is given at a time. */
  readonly tasksPerWorker: number;
  /** Stalls and the pause after many crashes go by it. */
  readonly clock: Clock;
}

/** Replaces a Worker that stops; the new one takes inferences with a model as soon as it holds it. */
export class WorkerCrew {
  /** What every Worker should hold, by key; whoever loads a model puts it in. */
  readonly models = new Map<string, Loadable>();
  readonly #workers: PooledWorker[] = [];
  /** Those, and those that come or go: whatever is to be stopped in the end. */
  readonly #alive = new Set<PooledWorker>();
  /** Workers that are loading what the others hold. */
  readonly #restoring = new Map<PooledWorker, Promise<void>>();
  readonly #stop = new AbortController();
  #deathsAtMs: number[] = [];
  #crashes = 0;

  /**
   * Starts the Workers, with no model in them.
   *
   * @param onRoom called when a Worker may take more than before, or when none is left.
   * @param onWorkers called when a Worker stopped, and when the one in its place holds what it can.
   */
  constructor(
    private readonly options: CrewOptions,
    private readonly onRoom: () => void,
    private readonly onWorkers: () => void,
  ) {
    for (let i = 0; i < options.workers; i++) this.#workers.push(this.spawn());
  }

  /** Those that infer; fewer than there should be where they stop again and again. */
  get workers(): readonly PooledWorker[] {
    return this.#workers;
  }

  /** Those that have stopped by themselves so far. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Whether they were stopped for good. */
  get isClosed(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Whether a Worker is still loading what the others hold. */
  isRestoring(worker: PooledWorker): boolean {
    return this.#restoring.has(worker);
  }

  /** Resolves when no Worker is restoring. */
  async restored(): Promise<void> {
    await Promise.all(this.#restoring.values());
  }

  /** Starts a Worker beside the others, to be loaded, and then put in their place or discarded. */
  spawn(): PooledWorker {
    const { session, tasksPerWorker, clock } = this.options;
    const worker: PooledWorker = new PooledWorker({
      session,
      tasksMax: tasksPerWorker,
      clock,
      onDeath: (why) => void this.#died(worker, why),
      onRoom: this.onRoom,
    });
    this.#alive.add(worker);
    return worker;
  }

  /** Puts a Worker in the place of all others, which end what they are at. */
  succeed(successor: PooledWorker): void {
    const old = this.#workers.splice(0, Infinity, successor);
    this.onRoom();
    for (const worker of old) {
      void worker.outOfService(() => Promise.resolve(this.discard(worker)));
    }
  }

  /** Stops a Worker that is not among those that infer, when it has ended what it is at. */
  discard(worker: PooledWorker): void {
    void worker.leave();
    this.#alive.delete(worker);
  }

  /** Stops all of them, for good. */
  close(): void {
    this.#stop.abort();
    this.onRoom();
    for (const worker of this.#alive) worker.terminate();
  }

  /** As `close`, but lets each of them end what it is at. */
  async leave(): Promise<void> {
    this.#stop.abort();
    this.onRoom();
    await Promise.all([...this.#alive].map((worker) => worker.leave()));
  }

  async #died(worker: PooledWorker, why: string): Promise<void> {
    this.#alive.delete(worker);
    const place = this.#workers.indexOf(worker);
    if (place === -1) return; // one that comes or goes: whoever asked it for something is told
    this.#workers.splice(place, 1);
    this.#crashes++;
    const { clock } = this.options;
    const { signal } = this.#stop;
    const nowMs = clock.nowMs();
    this.#deathsAtMs = [...this.#deathsAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS), nowMs];
    const n = this.#deathsAtMs.length;
    if (n <= RESTARTS_PER_MINUTE) {
      log.error("a worker stopped, {why}; a new one takes its place", { why });
    } else {
      log.error("a worker stopped, {why}; {n} did within a minute, so the next one has to wait", {
        why,
        n,
      });
      this.onRoom(); // what waits for the last Worker is refused
      this.onWorkers();
      await clock.sleep(MINUTE_MS, signal);
    }
    if (signal.aborted || this.#workers.length >= this.options.workers) return;
    const fresh = this.spawn();
    this.#workers.push(fresh);
    const restored = this.#restore(fresh).finally(() => {
      this.#restoring.delete(fresh);
      this.onRoom();
      this.onWorkers();
    });
    this.#restoring.set(fresh, restored);
  }

  /** Loads what the others hold; between two models it infers with those that it has. */
  async #restore(worker: PooledWorker): Promise<void> {
    const tried = new Set<Loadable>();
    const next = () => [...this.models.values()].find((entry) => !tried.has(entry));
    for (let entry = next(); entry && !worker.isDead; entry = next()) {
      tried.add(entry);
      await this.#restoreOne(worker, entry);
    }
  }

  async #restoreOne(worker: PooledWorker, entry: Loadable): Promise<void> {
    const key = keyOf(entry);
    try {
      await worker.outOfService(async () => {
        if (this.models.get(key) === entry) await worker.load(entry);
      });
      if (!this.models.has(key)) await worker.unload(key); // it was given up meanwhile
    } catch (error) {
      if (worker.isDead) return; // told already
      log.error("cannot load {name} again: {error}", {
        name: saidOf(key),
        error: messageOf(error),
      });
    }
  }
}
