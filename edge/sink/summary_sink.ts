/** `summary.json`: the numbers of a run, written at its end. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Summary } from "../statistics.ts";
import type { Sink } from "./sink.ts";
import { cannotWrite } from "./write.ts";

/** Writes the summary and nothing before it; one of an earlier run goes when this one has a result. */
export class SummarySink implements Sink {
  readonly queueLengthMax = 1;
  readonly overflow: OverflowRule = "wait";
  readonly atOnce = 1;
  #begun = false;

  /** Touches nothing before there is a run. */
  constructor(readonly description: string) {}

  /** It takes no frame. */
  needsPicture(): boolean {
    return false;
  }

  /**
   * Frames are in the summary when it comes.
   *
   * @throws {SmarteyeError} when the summary of an earlier run cannot be taken away.
   */
  async write(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await Deno.remove(this.description).catch((cause) => {
      if (!(cause instanceof Deno.errors.NotFound)) throw cannotWrite(this.description, cause);
    });
  }

  /** Writes the summary, if there was a run. @throws {SmarteyeError} when it cannot be written. */
  async close(summary?: Summary): Promise<void> {
    if (!summary) return;
    const text = JSON.stringify(summary, null, 2) + "\n";
    await Deno.writeTextFile(this.description, text).catch((cause) => {
      throw cannotWrite(this.description, cause);
    });
  }
}
