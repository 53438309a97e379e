/** A recording of decisions: a line a decision, behind one of the run. */

import { dirname } from "node:path";
import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Clock } from "../../core/clock.ts";
import {
  decisionRecordOf,
  type DecisionsHead,
  decisionsHeadOf,
  type RecordedRun,
} from "../decision_record.ts";
import type { Summary } from "../statistics.ts";
import { LineFile } from "./line_file.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { cannotWrite } from "./write.ts";

/** Where a recording goes. */
export interface RecordingPlace {
  /** Of the file; its directory is made. */
  readonly path: string;
  /** A recording that is there goes when this one begins; else it is refused. */
  readonly overwrite: boolean;
}

/** Writes every decision together with what came of it, when the frame has ended, in order of capture. */
export class DecisionSink implements Sink {
  readonly queueLengthMax = 64;
  readonly overflow: OverflowRule = "wait";
  /** A line has the policy's state, of up to 64 KiB: so many may wait for a file at once. */
  readonly atOnce = 8;
  #begun = false;

  private constructor(
    readonly description: string,
    private readonly file: LineFile,
    private readonly head: DecisionsHead,
  ) {}

  /**
   * Opens the file, and makes its directory.
   *
   * @throws {SmarteyeError} when it cannot be written; `already_in_use` when there is one already that
   * may not be overwritten.
   */
  static async open(
    { path, overwrite }: RecordingPlace,
    run: RecordedRun,
    clock: Clock,
  ): Promise<DecisionSink> {
    await Deno.mkdir(dirname(path), { recursive: true }).catch((cause) => {
      throw cannotWrite(path, cause);
    });
    const file = await LineFile.open(path, { clock, isNew: !overwrite });
    return new DecisionSink(path, file, decisionsHeadOf(run));
  }

  /** A line is text: nobody looks at the picture. */
  needsPicture(): boolean {
    return false;
  }

  /**
   * Writes the line of a frame, if something was decided about it.
   *
   * @throws {SmarteyeError} when this or an earlier one cannot be written.
   */
  async write(result: FrameResult): Promise<void> {
    const { decided } = result;
    if (!decided) return;
    const begun = this.#begin();
    await this.file.append(decisionRecordOf(decided, result, this.head.seed));
    await begun;
  }

  /** Writes what waits. @throws {SmarteyeError} when this or an earlier line cannot be written. */
  async flush(): Promise<void> {
    await Promise.all([this.#begin(), this.file.flush()]);
  }

  /**
   * Writes what is left and closes the file: of a run without decisions, there is the first line.
   *
   * @throws {SmarteyeError} when it cannot be written; a failure that was thrown before is not told again.
   */
  async close(summary?: Summary): Promise<void> {
    await this.file.close(summary !== undefined);
  }

  #begin(): Promise<void> {
    if (this.#begun) return Promise.resolve();
    this.#begun = true;
    return this.file.append(this.head);
  }
}
