/** `summary.json`: the numbers of a run, written at its end. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Summary } from "../statistics.ts";
import type { Sink } from "./sink.ts";
import { cannotWrite } from "./write.ts";

/** Writes the summary and nothing before it. */
export class SummarySink implements Sink {
  readonly queueLengthMax = 1;
  readonly overflow: OverflowRule = "wait";
  readonly atOnce = 1;

  /** Touches nothing before the end. */
  constructor(readonly description: string) {}

  /** It takes no frame. */
  needsPicture(): boolean {
    return false;
  }

  /** Frames are in the summary when it comes. */
  write(): Promise<void> {
    return Promise.resolve();
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
