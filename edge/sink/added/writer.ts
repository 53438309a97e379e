/** What a kind of sink does: the seam between the queue before it and where its results go. */

import type { Clock } from "../../../core/clock.ts";
import type { SourceOptions } from "../../options.ts";
import type { Ending } from "../../record.ts";
import type { Trimmable } from "../../retention/trimmable.ts";
import type { Note } from "../../scene/note.ts";
import type { Summary } from "../../statistics.ts";
import type { FrameResult } from "../sink.ts";
import type { OwnOptions } from "./options.ts";
import type { Snapshots } from "./snapshots.ts";

/**
 * Writes the results of one run somewhere. It need not know that others are slow, that a disk is full or
 * that a run ends: it is called again.
 */
export interface SinkWriter<Item = unknown> {
  /** What it writes, for people: a path, or an address without its password. */
  readonly description: string;
  /** Items that it is given to write at once; absent: as many as there are, or one that holds a picture. */
  readonly batchMax?: number;
  /** What is kept of a frame until it is written; `undefined` where it is of no interest. Quick: it is made as the frame ends. */
  itemOf(result: FrameResult): Item | undefined;
  /**
   * Whether it takes something of the picture of a frame that ended so; absent: of none. Who does gets
   * one item at a time to write, as soon as there is one.
   *
   * @param index the frame's number.
   */
  needsPicture?(ending: Ending, index: number): boolean;
  /**
   * Of a frame whose picture it needs, instead of `itemOf`: takes what it keeps of it. The picture is
   * open until the promise resolves. Not asked where there is no room.
   */
  itemOfPicture?(result: FrameResult): Promise<Item> | undefined;
  /** What is kept of what happened beside the frames; absent: nothing. */
  itemOfNote?(note: Note): Item | undefined;
  /**
   * Writes some, in order: all of them or none, so that they can be given again; or it goes on where it
   * broke off when the same ones are given. One call at a time.
   *
   * @throws {SmarteyeError} when they cannot be written now; `invalid_argument` when they never can be.
   */
  write(items: readonly Item[]): Promise<void>;
  /** Resolves when another try may go better than the last one, such as when a lost server is back; absent: nobody knows. */
  back?(): Promise<void>;
  /** Before the last try: resolves when it was tried to reach what it writes to, if that is away; absent: writing is that try. */
  tried?(): Promise<void>;
  /**
   * Ends what it wrote, and gives back what it holds; called once.
   *
   * @param summary the run's; absent where there was no run.
   * @throws {SmarteyeError} when it cannot be ended well.
   */
  close(summary?: Summary): Promise<void>;
}

/** One sink of several runs, such as a file that all of an edge's sources write to. */
export interface SharedSink {
  /** What a run writes through. @throws {SmarteyeError} when that cannot be begun. */
  of(run: SinkRun): Promise<SinkWriter>;
  /** Where rows are that may go while it is written; absent: it has none. */
  readonly trimmable?: Trimmable;
  /** Gives back what it holds, when every run has closed what it wrote through. */
  close(): Promise<void>;
}

/** A run, as its sinks are told of it. */
export interface SinkRun {
  /** Its source; the directory is the one that was taken. */
  readonly options:
    & Pick<SourceOptions, "name" | "source" | "resultsDirectory" | "events">
    & Partial<Pick<SourceOptions, "zones" | "rules">>;
  /** Its pictures come in their own time: it waits for nobody. */
  readonly live: boolean;
  /** What is read, for people: a path or an address; may hold a password. */
  readonly input: string;
  /** The control policy's name. */
  readonly policy: string;
  /** Of all that is left to chance in it. */
  readonly seed: number;
  /** Names of the rules that name the sink, of a kind that keeps to them by itself; absent: none do. */
  readonly rules?: readonly string[];
  /** Pictures of its events; absent where none are kept. */
  readonly snapshots?: Snapshots | undefined;
}

/** Where a sink writes. */
export interface SinkPlace {
  /** The path of its file or directory, or its address, which may hold a password. */
  readonly path: string;
  /** A file of an earlier run that is there goes. */
  readonly overwrite: boolean;
  /** What of the results it is for, of those that its kind tells apart. */
  readonly what: ReadonlySet<string>;
  /** What is said of its kind alone. */
  readonly own?: OwnOptions | undefined;
  /** The only time that it goes by. */
  readonly clock: Clock;
}
