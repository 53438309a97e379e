/** `summary.json`: the numbers of a run, written at its end. */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Summary } from "../statistics.ts";
import type { Sink } from "./sink.ts";
import { cannotWrite, partOf, writeWhole } from "./write.ts";

/** Bytes that are kept for it: several times what a summary has. */
const RESERVED_BYTES = 16 * 1024;

/**
 * Writes the summary and nothing before it; one of an earlier run goes when this one has a result. Room
 * for it is taken at the start, in a file beside it: a disk that is full by then has the summary too,
 * with the error. It is there whole or not at all.
 */
export class SummarySink implements Sink {
  readonly queueLengthMax = 1;
  readonly overflow: OverflowRule = "wait";
  readonly atOnce = 1;
  #begun = false;
  #closed = false;

  private constructor(readonly description: string, private readonly part: Deno.FsFile) {}

  /** Takes the room. @throws {SmarteyeError} when there is none. */
  static async open(path: string): Promise<SummarySink> {
    try {
      const part = await Deno.open(partOf(path), { write: true, create: true, truncate: true });
      // Written, not only named: a hole in a file takes no room.
      await writeAll(part, new Uint8Array(RESERVED_BYTES).fill(32)).catch(async (cause) => {
        part.close();
        await Deno.remove(partOf(path)).catch(() => {}); // why there is none is what matters
        throw cause;
      });
      return new SummarySink(path, part);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }

  /** It takes no frame. */
  needsPicture(): boolean {
    return false;
  }

  /**
   * Frames are in the summary when it comes.
   *
   * @throws {SmarteyeError} when the summary of an earlier run cannot be taken away.
   */
  async write(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await Deno.remove(this.description).catch((cause) => {
      if (!(cause instanceof Deno.errors.NotFound)) throw cannotWrite(this.description, cause);
    });
  }

  /**
   * Writes the summary, if there was a run, where room was taken for it.
   *
   * @throws {SmarteyeError} when it cannot be written.
   */
  async close(summary?: Summary): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (summary) {
      await this.#store(new TextEncoder().encode(JSON.stringify(summary, null, 2) + "\n"));
    } else {
      this.part.close();
      await Deno.remove(partOf(this.description)).catch(() => {}); // there may be no directory any more
    }
  }

  async #store(bytes: Uint8Array): Promise<void> {
    const part = partOf(this.description);
    try {
      using file = this.part;
      await file.seek(0, Deno.SeekMode.Start);
      await writeAll(file, bytes);
      await file.truncate(bytes.length);
      await file.sync();
    } catch {
      // A file system that writes nothing in its old place has no room for it: the old place makes some.
      await Deno.remove(part).catch(() => {});
      return await writeWhole(this.description, bytes);
    }
    await Deno.rename(part, this.description).catch((cause) => {
      throw cannotWrite(this.description, cause);
    });
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
