/** `results.jsonl`: one line a frame, and those of what happened beside the frames. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Clock } from "../../core/clock.ts";
import { type Note, resultNoteOf } from "../scene/note.ts";
import type { Summary } from "../statistics.ts";
import { LineFile, type LineParts } from "./line_file.ts";
import type { FrameResult, Sink } from "./sink.ts";

/** Writes the records of a run as they come, which is in order of capture. */
export class JsonlSink implements Sink {
  readonly queueLengthMax = 64;
  readonly overflow: OverflowRule = "wait";
  /** So many lines are written together at most; they stand in the order in which they begin. */
  readonly atOnce = 64;

  private constructor(readonly description: string, private readonly file: LineFile) {}

  /**
   * Opens the file. What an earlier run left in it goes when this one writes or ends: one that cannot
   * even start costs nobody their results.
   *
   * @param parts how large its parts become; absent: it is one.
   * @throws {SmarteyeError} when it cannot be written.
   */
  static async open(path: string, clock: Clock, parts?: LineParts): Promise<JsonlSink> {
    return new JsonlSink(path, await LineFile.open(path, { clock, ...(parts ? { parts } : {}) }));
  }

  /** A line is text: nobody looks at the picture. */
  needsPicture(): boolean {
    return false;
  }

  /**
   * Writes a frame's record, and behind it what happened up to it.
   *
   * @throws {SmarteyeError} when this or an earlier line cannot be written.
   */
  async write({ record, notes }: FrameResult): Promise<void> {
    await Promise.all([this.file.append(record), ...notes.map((note) => this.note(note))]);
  }

  /** Writes what happened, if it is told here. @throws {SmarteyeError} as `write` does. */
  async note(note: Note): Promise<void> {
    const line = resultNoteOf(note);
    if (line) await this.file.append(line);
  }

  /** Writes what waits. @throws {SmarteyeError} when this or an earlier line cannot be written. */
  flush(): Promise<void> {
    return this.file.flush();
  }

  /**
   * Writes what is left and closes the file.
   *
   * @throws {SmarteyeError} when it cannot be written; a failure that was thrown before is not told again.
   */
  async close(summary?: Summary): Promise<void> {
    await this.file.close(summary !== undefined);
  }
}
