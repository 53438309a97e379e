/** `results.jsonl`: one line a frame. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Clock } from "../../core/clock.ts";
import { messageOf, type SmarteyeError } from "../../core/errors.ts";
import type { FrameRecord, SourceEventRecord } from "../record.ts";
import type { Summary } from "../statistics.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { cannotWrite } from "./write.ts";

/** Milliseconds between two looks whether the file is still in its directory. */
const LOOK_MS = 1000;

/** Characters that may wait for the file: notes come whether or not it takes any. */
const WAITING_MAX = 1 << 20;

const LINE_END = 10;

/**
 * Writes the records of a run as they come, which is in order of capture. A line is on its way to the
 * file as soon as that is free; those that come meanwhile are written together.
 */
export class JsonlSink implements Sink {
  readonly description: string;
  readonly queueLengthMax = 64;
  readonly overflow: OverflowRule = "wait";
  /** So many lines are written together at most; they stand in the order in which they begin. */
  readonly atOnce = 64;
  readonly #encoder = new TextEncoder();
  /** Whole lines that wait for the file. */
  #text = "";
  /** What will write them; `undefined` when none wait. */
  #next: Promise<void> | undefined;
  /** The latest of all. */
  #writing: Promise<void> = Promise.resolve();
  #begun = false;
  #closed = false;
  /** Bytes of whole lines in the file; `undefined` where it keeps nothing, such as a pipe. */
  #size: number | undefined;
  #lookAtMs = 0;
  #failure: SmarteyeError | undefined;

  private constructor(
    path: string,
    private readonly file: Deno.FsFile,
    private readonly clock: Clock,
  ) {
    this.description = path;
  }

  /**
   * Opens the file. What an earlier run left in it goes when this one writes or ends: one that cannot
   * even start costs nobody their results.
   *
   * @throws {SmarteyeError} when it cannot be written.
   */
  static async open(path: string, clock: Clock): Promise<JsonlSink> {
    const file = await Deno.open(path, { write: true, create: true })
      .catch((cause) => {
        throw cannotWrite(path, cause);
      });
    return new JsonlSink(path, file, clock);
  }

  /** A line is text: nobody looks at the picture. */
  needsPicture(): boolean {
    return false;
  }

  /** Writes a frame's record. @throws {SmarteyeError} when this or an earlier one cannot be written. */
  async write({ record }: FrameResult): Promise<void> {
    await this.#append(record);
  }

  /** Writes what happened to the source. @throws {SmarteyeError} as `write` does. */
  async note(event: SourceEventRecord): Promise<void> {
    await this.#append(event);
  }

  /** Writes what waits. @throws {SmarteyeError} when this or an earlier line cannot be written. */
  flush(): Promise<void> {
    const write = () => this.#writeWaiting();
    return this.#next ??= this.#writing = this.#writing.then(write, write);
  }

  /**
   * Writes what is left and closes the file.
   *
   * @throws {SmarteyeError} when it cannot be written; a failure that was thrown before is not told again.
   */
  async close(summary?: Summary): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const before = this.#failure;
    try {
      await (summary || this.#next ? this.flush() : this.#writing);
    } catch (error) {
      if (error !== before) throw error;
    } finally {
      this.file.close();
    }
  }

  #append(record: FrameRecord | SourceEventRecord): Promise<void> {
    if (this.#failure) throw this.#failure;
    const line = JSON.stringify(record) + "\n";
    if (this.#text.length > WAITING_MAX) {
      throw cannotWrite(this.description, `${this.#text.length} characters wait for it already`);
    }
    this.#text += line;
    return this.flush();
  }

  /** Writes the lines that wait; after a failure nothing more, so that none is missing between two. */
  async #writeWaiting(): Promise<void> {
    const text = this.#text;
    this.#text = "";
    this.#next = undefined;
    if (this.#failure) throw this.#failure;
    try {
      if (!this.#begun) await this.#begin();
      await this.#look();
      await this.#writeAll(this.#encoder.encode(text));
    } catch (cause) {
      throw this.#failure = cannotWrite(this.description, cause);
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length) written += await this.file.write(bytes.subarray(written));
    } catch (error) {
      await this.#takeBack(bytes.subarray(0, written), error);
      throw error;
    }
    if (this.#size !== undefined) this.#size += bytes.length;
  }

  /** Cuts the half line off that `written` may end with. */
  async #takeBack(written: Uint8Array, error: unknown): Promise<void> {
    if (this.#size === undefined) return;
    try {
      await this.file.truncate(this.#size + written.lastIndexOf(LINE_END) + 1);
    } catch (second) {
      throw new Error(
        `${messageOf(error)}, and half a line may be at its end: ${messageOf(second)}`,
        { cause: error },
      );
    }
  }

  /** Empties the file, if it is one that keeps what is written: a pipe has nothing to be emptied of. */
  async #begin(): Promise<void> {
    this.#begun = true;
    const { size, isFile } = await this.file.stat();
    if (size > 0) await this.file.truncate();
    if (isFile) this.#size = 0;
    this.#lookAtMs = this.clock.nowMs() + LOOK_MS;
  }

  /** A file that is in no directory any more takes all that is written, and all of it is lost. */
  async #look(): Promise<void> {
    const nowMs = this.clock.nowMs();
    if (this.#size === undefined || nowMs < this.#lookAtMs) return;
    this.#lookAtMs = nowMs + LOOK_MS;
    const { nlink } = await this.file.stat();
    if (nlink === 0) throw new Error("it was removed while the run went on");
  }
}
