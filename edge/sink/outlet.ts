/** One sink of a run, behind a queue of its own. */

import type { Thinned } from "../../core/log.ts";
import { Executor, type Lane } from "../executor.ts";
import type { FrameResult, Sink } from "./sink.ts";

interface Waiting {
  readonly result: FrameResult;
  /** Called when the sink is done with it. */
  readonly done: () => void;
}

/** Whom an outlet speaks to. */
export interface OutletParts {
  /** Where what it drops is said. */
  readonly warnings: Thinned;
  /** Hears of each write that failed. */
  readonly onFailure: (error: unknown) => void;
}

/** Feeds a sink at the sink's own pace. */
export class Outlet {
  readonly #lane: Lane<Waiting>;
  #settled: Promise<void> = Promise.resolve();

  /** Writes nothing yet. @throws {RangeError} if the sink's queue or `atOnce` is less than 1. */
  constructor(readonly sink: Sink, private readonly parts: OutletParts) {
    const { warnings, onFailure } = parts;
    const { atOnce, queueLengthMax, overflow, description } = sink;
    this.#lane = new Executor(atOnce).lane<Waiting>({
      queueLengthMax,
      overflow,
      perform: async ({ result, done }) => {
        try {
          await sink.write(result);
        } catch (error) {
          onFailure(error);
        } finally {
          done();
        }
      },
      onDrop: ({ done }) => {
        warnings.tell(`results for ${description} are dropped: its queue is full`);
        done();
      },
    });
  }

  /**
   * Takes the next result in order.
   *
   * @returns `entered` resolves when the queue had room for it, `written` when the sink is done with
   * it; both when it was dropped. Neither rejects.
   */
  write(result: FrameResult): { readonly entered: Promise<void>; readonly written: Promise<void> } {
    const { promise: written, resolve: done } = Promise.withResolvers<void>();
    this.#settled = this.#settled.then(() => written);
    return { entered: this.#lane.submit({ result, done }), written };
  }

  /** Resolves when the sink is done with every result that it was given until now. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Resolves when the sink is done with every result; none may come after that. */
  drain(): Promise<void> {
    return this.#lane.finish();
  }

  /** Resolves when the sink has written what it has gathered. */
  async flush(): Promise<void> {
    await this.sink.flush?.().catch(this.parts.onFailure);
  }
}
