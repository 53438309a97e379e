/** A sink that keeps what it is given. */

import type { FrameResult, Sink } from "../../edge/sink/sink.ts";

/** Results that may wait for it: it takes each at once. */
const QUEUE_LENGTH_MAX = 64;

/** Keeps results, in order of capture. */
export class CollectingSink implements Sink {
  readonly description = "the lab";
  readonly queueLengthMax: number = QUEUE_LENGTH_MAX;
  readonly overflow = "wait";
  readonly atOnce = 1;
  /** What it was given. */
  readonly results: FrameResult[] = [];

  needsPicture(): boolean {
    return false;
  }

  write(result: FrameResult): Promise<void> {
    this.results.push(result);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
