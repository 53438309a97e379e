/** Where results go: the seam between a run and what is made of its frames. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Frame } from "../../core/frame.ts";
import type { Snapshot } from "../events/event_book.ts";
import type { Decided, Ending, FrameRecord } from "../record.ts";
import type { Note } from "../scene/note.ts";
import type { Shown } from "../scene/shown.ts";
import type { Summary } from "../statistics.ts";
import type { ZoneOptions } from "../zones/options.ts";

/** What became of what a sink was given that may lose some. */
export interface SinkCounts {
  /** It is stored, or sent. */
  readonly written: number;
  /** There was no room for it in the queue. */
  readonly dropped: number;
  /** It could not be written, and was given up. */
  readonly failed: number;
}

/** The counts of one sink, by its name. */
export interface SinkTally extends SinkCounts {
  /** As it is set. */
  readonly name: string;
}

/** A frame that ended. */
export interface EndedFrame {
  /** Its picture is open for sinks that need it, and for no other. */
  readonly frame: Frame;
  /** What was decided about it, and on what; `undefined` where nothing was. */
  readonly decided: Decided | undefined;
  /** How it ended. */
  readonly ending: Ending;
  /** Milliseconds from capture to result. */
  readonly latencyMs: number;
}

/** A frame that ended, and what it shows of its scene, as sinks get it. */
export interface FrameResult extends Omit<EndedFrame, "latencyMs"> {
  /** What it shows; `undefined` where nothing is known of that. */
  readonly shown: Shown | undefined;
  /** What happened in the scene up to it: who came, went, crossed. */
  readonly notes: readonly Note[];
  /** Events of which it is the best picture so far. */
  readonly snapshots: readonly Snapshot[];
  /** The zones and lines of its scene, as they were then. */
  readonly zones: readonly ZoneOptions[];
  /** All of it, as a line of `results.jsonl`. */
  readonly record: FrameRecord;
}

/** What takes the results of a run. Each has a queue of its own, so that none waits for another. */
export interface Sink {
  /** What became of what it was given; absent where all of it is stored or ends the run. */
  readonly tally?: SinkTally;
  /** Pictures that it did not write, since a disk's last room is kept free; absent: it writes none. */
  readonly leftOut?: number;
  /** What it writes, for people: a path, or an address without its password. */
  readonly description: string;
  /** Results that may wait for it. */
  readonly queueLengthMax: number;
  /** What becomes of one more: under `wait` no more frames are captured until there is room. */
  readonly overflow: OverflowRule;
  /** Results that it takes at once. They begin in order of capture; with 1, each ends before the next. */
  readonly atOnce: number;
  /**
   * Whether it looks at the picture of a frame that ended so: the picture is kept open until then. It is
   * asked once a frame.
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
   * Takes what happened beside the frames, if that is of use to it: to the source as it happens, not in
   * order with the frames, and what ended in the scene with the last of them.
   *
   * @throws {SmarteyeError} when it cannot be written: the run then ends.
   */
  note?(note: Note): Promise<void>;
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
