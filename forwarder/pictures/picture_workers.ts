/** The Workers that know pictures and tensors: a few, started when they are first asked for something. */

import { type Clock, OVER } from "../../core/clock.ts";
import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { CallLimits } from "../backend.ts";
import type { PictureResults, PictureSettings, PictureTask } from "./messages.ts";
import { PictureThread, type WorkerLike } from "./picture_thread.ts";

const log = logger("forwarder");

/** Tasks that may wait for a Worker; what comes on top is refused. */
export const WAITING_MAX = 256;

/** How many Workers there are, and how they work. */
export interface PictureWorkersOptions extends PictureSettings {
  /** Workers at most, at least 1. */
  readonly workers: number;
  /** Deadlines and stalls go by it. */
  readonly clock: Clock;
  /** Starts a Worker. */
  readonly start?: () => WorkerLike;
}

interface Waiting {
  readonly begin: (thread: PictureThread) => void;
  readonly fail: (error: SmarteyeError) => void;
}

/** Gives each task to a Worker that is free, in the order in which they come. */
export class PictureWorkers {
  readonly #idle: PictureThread[] = [];
  readonly #threads = new Set<PictureThread>();
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;

  /** Starts no Worker yet. */
  constructor(private readonly options: PictureWorkersOptions) {}

  /** Workers that were started and have not stopped. */
  get started(): number {
    return this.#threads.size;
  }

  /**
   * Has a Worker do something. What is begun is not stopped: an answer that nobody waits for any more is
   * left aside.
   *
   * @param transfer buffers that go with it, which are gone afterwards.
   * @throws {SmarteyeError} what the Worker threw, `aborted` when it stopped at this, `overloaded` when
   * too many others wait, `deadline_exceeded` and `cancelled` as the limits say, `unavailable` when it
   * was closed.
   */
  ask<K extends PictureTask["kind"]>(
    task: Extract<PictureTask, { readonly kind: K }>,
    transfer: readonly ArrayBuffer[],
    { deadlineMs, signal }: CallLimits,
  ): Promise<PictureResults[K]> {
    const over = new AbortController();
    return new Promise<unknown>((resolve, reject) => {
      const fail = (code: "cancelled" | "deadline_exceeded" | "overloaded", message: string) =>
        reject(new SmarteyeError(code, message));
      if (this.#isClosed) return reject(closed());
      if (signal.aborted) return fail("cancelled", "nobody waits for it");
      if (this.#waiting.size >= WAITING_MAX) {
        return fail("overloaded", `Cannot take the image: ${WAITING_MAX} wait to be made ready`);
      }
      const waiting: Waiting = {
        begin: (thread) => {
          this.#waiting.delete(waiting);
          this.#run(thread, task, transfer).then(
            resolve,
            (error) => reject(asSmarteyeError(error, "read pictures")),
          );
        },
        fail: reject,
      };
      const leave = (code: "cancelled" | "deadline_exceeded", why: string) => {
        this.#waiting.delete(waiting);
        fail(code, why);
      };
      signal.addEventListener("abort", () => leave("cancelled", "nobody waits for it"), {
        once: true,
        signal: over.signal,
      });
      void this.options.clock.sleep(Math.max(0, deadlineMs), over.signal).then(() => {
        if (!over.signal.aborted) leave("deadline_exceeded", "the image was not ready in time");
      });
      this.#waiting.add(waiting);
      this.#next();
    }).finally(() => over.abort(OVER)) as Promise<PictureResults[K]>;
  }

  /** Stops the Workers; what they are at, and what waits, fails. */
  close(): void {
    this.#isClosed = true;
    for (const thread of this.#threads) thread.close();
    for (const { fail } of this.#waiting) fail(closed());
    this.#waiting.clear();
  }

  #next(): void {
    const [first] = this.#waiting;
    const thread = first && this.#free();
    if (thread) first.begin(thread);
  }

  #free(): PictureThread | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.why === undefined) return idle;
      this.#gone(idle, idle.why);
    }
    const { workers, clock, start, directory, pixelsMax, scoreThreshold } = this.options;
    if (this.#isClosed || this.#threads.size >= workers) return undefined;
    const thread = new PictureThread({ directory, pixelsMax, scoreThreshold }, clock, start);
    this.#threads.add(thread);
    return thread;
  }

  async #run(
    thread: PictureThread,
    task: PictureTask,
    transfer: readonly ArrayBuffer[],
  ): Promise<unknown> {
    try {
      return await thread.ask(task, transfer);
    } finally {
      const { why } = thread;
      if (why === undefined) this.#idle.push(thread);
      else this.#gone(thread, why);
      this.#next();
    }
  }

  #gone(thread: PictureThread, why: string): void {
    this.#threads.delete(thread);
    if (this.#isClosed) return;
    log.error("a picture worker stopped, {why}; another is started when there is work", { why });
  }
}

function closed(): SmarteyeError {
  return new SmarteyeError("unavailable", "the channel is closed");
}
