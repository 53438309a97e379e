/** Sinks that do as they are told. */

import assert from "node:assert/strict";
import type { OverflowRule } from "../../core/bounded_queue.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { FakeClock } from "../../core/fake_clock.ts";
import type { Ending, FrameRecord } from "../../edge/record.ts";
import type { FrameResult, Sink, SinkTally } from "../../edge/sink/sink.ts";
import type { Summary } from "../../edge/statistics.ts";

/** What a sink does; what is not said it does well and at once. */
export interface SinkScript {
  readonly queueLengthMax?: number;
  readonly overflow?: OverflowRule;
  readonly atOnce?: number;
  /** Whether it looks at the pictures of frames that were inferred. */
  readonly pictures?: boolean;
  /** What a result takes; may throw. */
  readonly write?: (record: FrameRecord, clock: FakeClock) => void | Promise<void>;
  /** What it has gathered cannot be written. */
  readonly flushFails?: boolean;
  /** What it says became of what it was given. */
  readonly tally?: SinkTally;
  /** Its end fails. */
  readonly closeFails?: boolean;
}

/** Keeps what it is given, and holds the run to the sinks' contract. */
export class FakeSink implements Sink {
  readonly description = "fake sink";
  readonly queueLengthMax: number;
  readonly overflow: OverflowRule;
  readonly atOnce: number;
  /** Records in the order in which they came. */
  readonly records: FrameRecord[] = [];
  /** Results that it is at. */
  writing = 0;
  /** What it was closed with; undefined before. */
  closed: { readonly summary: Summary | undefined } | undefined;

  readonly tally?: SinkTally;

  constructor(private readonly script: SinkScript, private readonly clock: FakeClock) {
    if (script.tally) this.tally = script.tally;
    this.queueLengthMax = script.queueLengthMax ?? 4;
    this.overflow = script.overflow ?? "wait";
    this.atOnce = script.atOnce ?? 1;
  }

  needsPicture(ending: Ending): boolean {
    return this.script.pictures === true && "findings" in ending;
  }

  async write({ frame: { picture }, ending, record }: FrameResult): Promise<void> {
    assert.ok(!this.closed, "a closed sink is given nothing");
    this.records.push(record);
    this.writing++;
    assert.ok(this.writing <= this.atOnce, "no more than it takes at once");
    try {
      await this.script.write?.(record, this.clock);
      if (this.needsPicture(ending)) await picture.rgb();
    } finally {
      this.writing--;
    }
  }

  flush(): Promise<void> {
    assert.ok(!this.closed && this.writing === 0, "after the last result and before the end");
    if (!this.script.flushFails) return Promise.resolve();
    return Promise.reject(new SmarteyeError("failed_precondition", "Cannot write the rest"));
  }

  close(summary?: Summary): Promise<void> {
    this.closed ??= { summary };
    if (!this.script.closeFails) return Promise.resolve();
    return Promise.reject(new SmarteyeError("failed_precondition", "Cannot write the end"));
  }
}
