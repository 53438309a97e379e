/** One Worker as seen from the main thread: tasks in, promised answers out. */

import { type Clock, OVER } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { pixelPool } from "../../core/pixel_pool.ts";
import { NotBegunError } from "../places.ts";
import type {
  WorkerNotice,
  WorkerReply,
  WorkerRequest,
  WorkerResults,
  WorkerTask,
} from "./worker_messages.ts";

/** Milliseconds after which a Worker that is at a task counts as stuck: it is blocked in native code. */
export const STALL_MS = {
  load: 120_000,
  probe: 120_000,
  unload: 30_000,
  measure: 120_000,
  inspect: 60_000,
  infer: 60_000,
  end: 30_000,
} as const;

/**
 * The same for what opens a session on an accelerator: the first ones bring gigabytes of kernels
 * there, or translate them. On an H100 the last of 16 that start at once has its after 60 s.
 */
export const ACCELERATOR_STALL_MS = 300_000;

/** Milliseconds in which a Worker that is to leave may end what it is at, and give memory back. */
export const LEAVE_MS = 3000;

/** The same for one with sessions on an accelerator: stopped at that, it may end the process. */
export const ACCELERATOR_LEAVE_MS = 30_000;

interface Asked {
  readonly id: number;
  readonly stallMs: number;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A running Worker. When it dies, or is stuck, all that it was asked fails. */
export class WorkerHandle {
  readonly #worker: Worker;
  /** What has no answer yet; the Worker is at the first, and the others wait in it. */
  readonly #asked: Asked[] = [];
  #watch = new AbortController();
  #nextId = 0;
  /** Whether it has opened sessions on an accelerator, or tried to. */
  #isAccelerated = false;
  #lagMs = 0;
  /** Why nothing can be asked any more. */
  #gone: SmarteyeError | undefined;

  /**
   * Starts the Worker; tasks may be asked before it is up.
   *
   * @param onDeath called once when the Worker can no longer be used, unless it was terminated.
   */
  constructor(private readonly clock: Clock, private readonly onDeath: (why: string) => void) {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => this.#settle(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message || "it crashed");
    };
  }

  /** Whether it can no longer be used. */
  get isDead(): boolean {
    return this.#gone !== undefined;
  }

  /**
   * Asks the Worker for something. Buffers in `transfer` are gone afterwards; when the
   * Worker answers, `pixelPool` has those of pixels.
   *
   * @throws {SmarteyeError} what the Worker threw; `aborted` when it stopped at this by itself, which
   * says nothing about others; `unavailable` when it was terminated.
   * @throws {NotBegunError} when it stopped by itself before this.
   */
  ask<K extends WorkerTask["kind"]>(
    task: Extract<WorkerTask, { kind: K }>,
    transfer: Transferable[] = [],
  ): Promise<WorkerResults[K]> {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = this.#nextId++;
    return new Promise<WorkerResults[K]>((resolve, reject) => {
      this.#worker.postMessage({ id, task }, transfer); // throws where nothing can be sent
      this.#isAccelerated ||= "session" in task && task.session.provider.kind !== "cpu";
      this.#asked.push({ id, stallMs: this.#stallMs(task.kind), resolve, reject });
      if (this.#asked.length === 1) this.#watchFirst();
    });
  }

  /** Milliseconds for which its last answer waited until this thread had time for it. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Tells the Worker something that it does not answer. */
  tell(notice: WorkerNotice): void {
    if (!this.#gone) this.#worker.postMessage(notice);
  }

  /**
   * Stops the Worker at once, with what it holds. Its sessions are not released: what they have of an
   * accelerator stays taken, and the process may crash at its end. See `leave`.
   */
  terminate(): void {
    if (this.#fail(stopped())) this.#worker.terminate();
  }

  /**
   * Has the Worker end what it was asked, give all memory back and end itself; stops it when it has
   * not done so after `LEAVE_MS`, or `ACCELERATOR_LEAVE_MS`. Whoever asked is told at once. One that is
   * stopped in native code, or with sessions on an accelerator, or is in native code when the process
   * ends, may take the process down with it: onnxruntime-node then throws where nobody catches.
   */
  async leave(): Promise<void> {
    let unanswered = this.#asked.length;
    const leaveMs = this.#isAccelerated ? ACCELERATOR_LEAVE_MS : LEAVE_MS;
    if (!this.#fail(stopped())) return;
    const over = new AbortController();
    const ended = new Promise<void>((resolve) => {
      const end: WorkerRequest = { id: this.#nextId++, task: { kind: "end" } };
      const next = () => {
        if (unanswered === 0) this.#worker.postMessage(end);
        else if (unanswered < 0) resolve();
      };
      this.#worker.onmessage = () => {
        unanswered--;
        next();
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
      next();
    });
    await Promise.race([ended, this.clock.sleep(leaveMs, over.signal)]);
    over.abort(OVER);
    this.#worker.terminate();
  }

  #stallMs(kind: WorkerTask["kind"]): number {
    const opens = kind === "load" || kind === "probe" || kind === "measure"; // or runs it first
    return opens && this.#isAccelerated ? ACCELERATOR_STALL_MS : STALL_MS[kind];
  }

  #settle(reply: WorkerReply): void {
    if (this.#asked[0]?.id !== reply.id) return;
    const { resolve, reject } = this.#asked.shift()!;
    this.#watchFirst();
    this.#lagMs = Math.max(0, performance.timeOrigin + performance.now() - reply.sentAtMs);
    for (const buffer of reply.spent) pixelPool.giveBack(buffer);
    if ("result" in reply) resolve(reply.result as never);
    else reject(new SmarteyeError(reply.error.code, reply.error.message));
  }

  /** A Worker does one task after the other, so the first has begun, and no other has. */
  #watchFirst(): void {
    this.#watch.abort(OVER);
    const [first] = this.#asked;
    if (!first) return;
    const { signal } = this.#watch = new AbortController();
    void this.clock.sleep(first.stallMs, signal).then(() => {
      if (!signal.aborted) this.#die(`it did not answer within ${first.stallMs} ms`);
    });
  }

  #die(why: string): void {
    const gone = new SmarteyeError("aborted", `Cannot infer: the worker at it stopped, ${why}`);
    if (!this.#fail(gone, new NotBegunError(why))) return;
    this.#worker.terminate();
    this.onDeath(why);
  }

  /**
   * Fails what the Worker is at, and in another way what waits behind that, and what will be asked.
   *
   * @returns whether it is the first to do so.
   */
  #fail(gone: SmarteyeError, notBegun = gone): boolean {
    if (this.#gone) return false;
    this.#gone = notBegun;
    this.#watch.abort(OVER);
    const [first, ...others] = this.#asked.splice(0);
    first?.reject(gone);
    for (const { reject } of others) reject(notBegun);
    return true;
  }
}

function stopped(): SmarteyeError {
  return new SmarteyeError("unavailable", "Cannot infer: the workers are stopped");
}
