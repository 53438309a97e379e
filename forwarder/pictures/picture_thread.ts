/** One Worker that knows pictures and tensors: one task at a time, and an end to each. */

import { type Clock, OVER } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { PictureAnswer, PictureRequest, PictureSettings, PictureTask } from "./messages.ts";

/** Milliseconds after which a Worker that is at a task counts as stuck, its start among them. */
export const STALL_MS = 30_000;

/** A Worker, as far as it is used here. */
export type WorkerLike = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

interface Asked {
  readonly id: number;
  readonly settle: (answer: PictureAnswer) => void;
  readonly fail: (error: SmarteyeError) => void;
}

/** Keeps a Worker. When it stops, or is stuck, what it is at fails, and it is of no use any more. */
export class PictureThread {
  readonly #worker: WorkerLike;
  #asked: Asked | undefined;
  #nextId = 0;
  #why: string | undefined;

  /** Starts the Worker; a task may be asked before it is up. */
  constructor(
    settings: PictureSettings,
    private readonly clock: Clock,
    start: () => WorkerLike = startWorker,
  ) {
    this.#worker = start();
    this.#worker.onmessage = ({ data }: MessageEvent<PictureAnswer>) => {
      if (data.id === this.#asked?.id) this.#asked.settle(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(event.message || "it crashed");
    };
    this.#send({ settings }, []);
  }

  /** Why it can no longer be used. */
  get why(): string | undefined {
    return this.#why;
  }

  /**
   * Asks it for something; it must be at nothing else. Buffers in `transfer` are gone afterwards.
   *
   * @throws {SmarteyeError} what the Worker threw; `aborted` when it stopped at this.
   */
  async ask(task: PictureTask, transfer: readonly ArrayBuffer[]): Promise<unknown> {
    const id = this.#nextId++;
    const over = new AbortController();
    const answered = new Promise<PictureAnswer>((settle, fail) => {
      this.#asked = { id, settle, fail };
    });
    void this.clock.sleep(STALL_MS, over.signal).then(() => {
      if (!over.signal.aborted) this.#end(`it did not answer within ${STALL_MS} ms`);
    });
    try {
      if (this.#why !== undefined) this.#asked?.fail(stopped(this.#why));
      else this.#send({ id, task }, transfer);
      const answer = await answered;
      if ("result" in answer) return answer.result;
      throw new SmarteyeError(answer.error.code, answer.error.message);
    } finally {
      this.#asked = undefined;
      over.abort(OVER);
    }
  }

  /** Stops it at once; what it is at fails. */
  close(): void {
    this.#end("the forwarder closes");
  }

  #send(request: PictureRequest, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(request, [...transfer]);
  }

  #end(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#worker.terminate();
    this.#asked?.fail(stopped(why));
  }
}

function startWorker(): WorkerLike {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

function stopped(why: string): SmarteyeError {
  return new SmarteyeError("aborted", `Cannot read pictures: the worker at it stopped, ${why}`);
}
