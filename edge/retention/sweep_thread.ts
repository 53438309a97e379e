/** The thread of sweeps, as those see it that ask for one. */

import { SmarteyeError } from "../../core/errors.ts";
import type { SweepRequest, Swept } from "./sweep.ts";
import type { SweepAnswer } from "./sweep_worker.ts";

/** What a sweep came to, and how many milliseconds it took. */
export interface TimedSweep {
  /** What it came to. */
  readonly swept: Swept;
  /** Milliseconds; what was waited for the thread is not among them. */
  readonly tookMs: number;
}

/** Sweeps on a thread of its own, one at a time. */
export class SweepThread implements Disposable {
  #worker: Worker | undefined;
  #ended: (answer: SweepAnswer) => void = () => {};

  /** Sweeps. @throws {SmarteyeError} when that is not possible. */
  async sweep(request: SweepRequest): Promise<TimedSweep> {
    const { promise, resolve } = Promise.withResolvers<SweepAnswer>();
    this.#ended = resolve;
    const worker = this.#worker ??= new Worker(new URL("./sweep_worker.ts", import.meta.url), {
      type: "module",
    });
    worker.onmessage = ({ data }: MessageEvent<SweepAnswer>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#worker = undefined; // the next one starts another
      resolve({ error: event.message });
    };
    worker.postMessage(request);
    const answer = await promise;
    if ("swept" in answer) return answer;
    throw new SmarteyeError("internal", `Cannot look for what is too old: ${answer.error}`);
  }

  /** Ends the thread, with what it is at. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ended({ error: "its thread ended" });
  }
}
