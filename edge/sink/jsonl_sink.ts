/** `results.jsonl`: one line a frame. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Clock } from "../../core/clock.ts";
import type { SmarteyeError } from "../../core/errors.ts";
import type { FrameRecord, SourceEventRecord } from "../record.ts";
import type { Summary } from "../statistics.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { cannotWrite } from "./write.ts";

/** Bytes that are gathered before they are written. */
const CHUNK_BYTES = 64 * 1024;

/** Milliseconds after which gathered lines are written anyway, so that a run can be followed. */
const FLUSH_MS = 1000;

/** Writes the records of a run as they come, which is in order of capture. */
export class JsonlSink implements Sink {
  readonly description: string;
  readonly queueLengthMax = 64;
  readonly overflow: OverflowRule = "wait";
  readonly atOnce = 1;
  readonly #encoder = new TextEncoder();
  readonly #closed = new AbortController();
  #text = "";
  #flushing: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #begun = false;
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

  /** Takes a frame's record. @throws {SmarteyeError} when this or an earlier one cannot be written. */
  async write({ record }: FrameResult): Promise<void> {
    await this.#append(record);
  }

  /** Takes what happened to the source. @throws {SmarteyeError} as `write` does. */
  async note(event: SourceEventRecord): Promise<void> {
    await this.#append(event);
  }

  async #append(record: FrameRecord | SourceEventRecord): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#text += JSON.stringify(record) + "\n";
    if (this.#text.length >= CHUNK_BYTES) await this.flush();
    else this.#flushing ??= this.#flushLater();
  }

  /** Writes what is left and closes the file. @throws {SmarteyeError} when it cannot be written. */
  async close(summary?: Summary): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    try {
      await (summary || this.#text !== "" ? this.flush() : this.#writing);
    } finally {
      this.file.close();
    }
  }

  async #flushLater(): Promise<void> {
    const { signal } = this.#closed;
    await this.clock.sleep(FLUSH_MS, signal);
    this.#flushing = undefined;
    if (!signal.aborted) await this.flush().catch(() => {}); // the next write throws it
  }

  /**
   * Writes what is gathered; after a failure nothing more, as the last line may be half a one.
   *
   * @throws {SmarteyeError} when this or an earlier line cannot be written.
   */
  flush(): Promise<void> {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = "";
    this.#writing = this.#writing.then(() => this.#writeAll(bytes));
    return this.#writing;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    try {
      if (!this.#begun) await this.#begin();
      for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
    } catch (cause) {
      throw this.#failure = cannotWrite(this.description, cause);
    }
  }

  /** Empties the file, if it is one that keeps what is written: a pipe has nothing to be emptied of. */
  async #begin(): Promise<void> {
    this.#begun = true;
    const { size } = await this.file.stat();
    if (size > 0) await this.file.truncate();
  }
}
