/** One Worker as seen from the main thread: tasks in, promised answers out. */

import { SmarteyeError } from "../core/errors.ts";
import type { WorkerReply, WorkerResults, WorkerTask } from "./worker_messages.ts";

interface Outstanding {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** A running Worker. When it dies, or does not answer in time, all that it was asked fails. */
export class WorkerHandle {
  readonly #worker: Worker;
  readonly #outstanding = new Map<number, Outstanding>();
  #nextId = 0;
  #dead = false;

  /**
   * Starts the Worker; tasks may be asked before it is up.
   *
   * @param onDeath called once when the Worker can no longer be used, unless it was terminated.
   */
  constructor(private readonly onDeath: (why: string) => void) {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => this.#settle(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message || "it crashed");
    };
  }

  /** Tasks that it has not answered yet. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /**
   * Asks the Worker for something. Buffers in `transfer` are gone afterwards.
   *
   * @param timeoutMs after which the Worker counts as dead: it is blocked in native code.
   * @throws {SmarteyeError} what the Worker threw, or `unavailable` when it died.
   */
  ask<K extends WorkerTask["kind"]>(
    task: Extract<WorkerTask, { kind: K }>,
    timeoutMs: number,
    transfer: Transferable[] = [],
  ): Promise<WorkerResults[K]> {
    if (this.#dead) return Promise.reject(workerDied("it is gone"));
    const id = this.#nextId++;
    return new Promise<WorkerResults[K]>((resolve, reject) => {
      this.#worker.postMessage({ id, task }, transfer); // throws where nothing can be sent
      const timer = setTimeout(
        () => this.#die(`it did not answer within ${timeoutMs} ms`),
        timeoutMs,
      );
      this.#outstanding.set(id, { resolve, reject, timer });
    });
  }

  /** Stops the Worker at once. */
  terminate(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#worker.terminate();
    this.#failAll("it was stopped");
  }

  #settle(reply: WorkerReply): void {
    const asked = this.#outstanding.get(reply.id);
    if (!asked) return;
    this.#outstanding.delete(reply.id);
    clearTimeout(asked.timer);
    if ("result" in reply) asked.resolve(reply.result as never);
    else asked.reject(new SmarteyeError(reply.error.code, reply.error.message));
  }

  #die(why: string): void {
    if (this.#dead) return;
    this.terminate();
    this.onDeath(why);
  }

  #failAll(why: string): void {
    for (const { reject, timer } of this.#outstanding.values()) {
      clearTimeout(timer);
      reject(workerDied(why));
    }
    this.#outstanding.clear();
  }
}

function workerDied(why: string): SmarteyeError {
  return new SmarteyeError("unavailable", `Cannot infer: the worker stopped, ${why}`);
}
