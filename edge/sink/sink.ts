/** Where results go: the seam between a run and what is made of its frames. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Frame } from "../../core/frame.ts";
import type { Decided, Ending, FrameRecord, SourceEventRecord } from "../record.ts";
import type { Summary } from "../statistics.ts";

/** A frame that ended, as sinks get it. */
export interface FrameResult {
  /** Its picture is open for sinks that need it, and for no other. */
  readonly frame: Frame;
  /** What was decided about it, and on what; `undefined` where nothing was. */
  readonly decided: Decided | undefined;
  /** How it ended. */
  readonly ending: Ending;
  /** The same, as a line of `results.jsonl`. */
  readonly record: FrameRecord;
}

/** What takes the results of a run. Each has a queue of its own, so that none waits for another. */
export interface Sink {
  /** What it writes, for people: a path, or an address without its password. */
  readonly description: string;
  /** Results that may wait for it. */
  readonly queueLengthMax: number;
  /** What becomes of one more: under `wait` no more frames are captured until there is room. */
  readonly overflow: OverflowRule;
  /** Results that it takes at once. They begin in order of capture; with 1, each ends before the next. */
  readonly atOnce: number;
  /**
   * Whether it looks at the picture of a frame that ended so: the picture is kept open until then.
   *
   * @param index the frame's number.
   */
  needsPicture(ending: Ending, index: number): boolean;
  /**
   * Takes a result. It neither closes the picture nor looks at it later.
   *
   * @throws {SmarteyeError} when it cannot be written: the run then ends. More results may come.
   */
  write(result: FrameResult): Promise<void>;
  /**
   * Takes what happened to the source, if that is of use to it: as it happens, not in order with the
   * frames.
   *
   * @throws {SmarteyeError} when it cannot be written: the run then ends.
   */
  note?(event: SourceEventRecord): Promise<void>;
  /**
   * Writes what it has gathered, if it gathers: after the last result, so that the summary can tell
   * whether all of them are stored.
   *
   * @throws {SmarteyeError} when it cannot be written.
   */
  flush?(): Promise<void>;
  /**
   * Writes what is left and gives back what it holds; a second time nothing happens.
   *
   * @param summary the run's; absent where there was no run.
   * @throws {SmarteyeError} when it cannot be written.
   */
  close(summary?: Summary): Promise<void>;
}
