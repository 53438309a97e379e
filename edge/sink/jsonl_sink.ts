/** `results.jsonl`: one line a frame, in the order of capture, whatever the order of results. */

import type { FrameRecord } from "../record.ts";
import { cannotWrite } from "./write.ts";

/** Bytes that are gathered before they are written. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Holds a record back until every earlier frame has one. How many are held is bounded by how many
 * frames are under way.
 */
export class JsonlSink {
  readonly #held = new Map<number, string>();
  readonly #encoder = new TextEncoder();
  #next = 1;
  #text = "";
  #writing: Promise<void> = Promise.resolve();

  private constructor(private readonly path: string, private readonly file: Deno.FsFile) {}

  /** Starts the file anew. @throws {SmarteyeError} when it cannot be written. */
  static async open(path: string): Promise<JsonlSink> {
    const file = await Deno.open(path, { write: true, create: true, truncate: true })
      .catch((cause) => {
        throw cannotWrite(path, cause);
      });
    return new JsonlSink(path, file);
  }

  /** Takes a frame's record. @throws {SmarteyeError} when the file cannot be written. */
  async write(record: FrameRecord): Promise<void> {
    this.#held.set(record.frame, JSON.stringify(record) + "\n");
    for (let line = this.#held.get(this.#next); line !== undefined;) {
      this.#held.delete(this.#next);
      this.#text += line;
      line = this.#held.get(++this.#next);
    }
    if (this.#text.length >= CHUNK_BYTES) await this.flush();
  }

  /** Writes what is gathered. @throws {SmarteyeError} when the file cannot be written. */
  flush(): Promise<void> {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = "";
    this.#writing = this.#writing.then(() => this.#writeAll(bytes));
    return this.#writing;
  }

  /** Writes what is left and closes the file. @throws {SmarteyeError} when it cannot be written. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.file.close();
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
    } catch (cause) {
      throw cannotWrite(this.path, cause);
    }
  }
}
