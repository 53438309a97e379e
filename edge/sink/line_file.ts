/** A file of JSON Lines: whole lines, in the order in which they come. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { partName } from "../run_files.ts";
import { cannotWrite } from "./write.ts";

/** Milliseconds between two looks whether the file is still in its directory. */
const LOOK_MS = 1000;

/** Characters that may wait for the file: some come whether or not it takes any. */
const WAITING_MAX = 1 << 20;

const LINE_END = 10;

/** How a file of lines is opened. */
export interface LineFileOptions {
  /** By which it is looked whether the file is still there. */
  readonly clock: Clock;
  /** A file that is there already is refused, and one that nothing was written to goes again. */
  readonly isNew?: boolean;
  /** When what is there becomes a part with a name of its own; absent: never. */
  readonly parts?: LineParts;
}

/** How large and how long a part is, at most. */
export interface LineParts {
  /** Bytes after which the next one begins. */
  readonly bytesMax: number;
  /** Milliseconds after which it does. */
  readonly spanMs: number;
}

/**
 * Writes lines as they come. One is on its way to the file as soon as that is free; those that come
 * meanwhile are written together.
 */
export class LineFile {
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
  #partAtMs = 0;
  #failure: SmarteyeError | undefined;

  private constructor(
    private readonly path: string,
    private file: Deno.FsFile,
    private readonly options: LineFileOptions,
  ) {}

  /**
   * Opens the file. What an earlier run left in it goes when this one writes or ends: one that cannot
   * even start costs nobody their results.
   *
   * @throws {SmarteyeError} when it cannot be written; `already_in_use` when it is to be new, and is not.
   */
  static async open(path: string, options: LineFileOptions): Promise<LineFile> {
    const { isNew = false } = options;
    const file = await Deno.open(path, { write: true, create: !isNew, createNew: isNew })
      .catch((cause) => {
        if (!(cause instanceof Deno.errors.AlreadyExists)) throw cannotWrite(path, cause);
        throw new SmarteyeError(
          "already_in_use",
          `Cannot write "${path}": it is there already, another directory is wanted ` +
            "(or --overwrite, which takes what is there away)",
          { cause },
        );
      });
    return new LineFile(path, file, options);
  }

  /** Writes a line. @throws {SmarteyeError} when this or an earlier one cannot be written. */
  append(value: unknown): Promise<void> {
    if (this.#failure) throw this.#failure;
    const line = JSON.stringify(value) + "\n";
    if (this.#text.length > WAITING_MAX) {
      throw cannotWrite(this.path, `${this.#text.length} characters wait for it already`);
    }
    this.#text += line;
    return this.flush();
  }

  /** Writes what waits. @throws {SmarteyeError} when this or an earlier line cannot be written. */
  flush(): Promise<void> {
    const write = () => this.#writeWaiting();
    return this.#next ??= this.#writing = this.#writing.then(write, write);
  }

  /**
   * Writes what is left and closes the file.
   *
   * @param isWritten whether it is a file of this run, even where no line came.
   * @throws {SmarteyeError} when it cannot be written; a failure that was thrown before is not told again.
   */
  async close(isWritten: boolean): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const before = this.#failure;
    try {
      await (isWritten || this.#next ? this.flush() : this.#writing);
    } catch (error) {
      if (error !== before) throw error;
    } finally {
      this.file.close();
      if (this.options.isNew && !this.#begun) await Deno.remove(this.path).catch(() => {});
    }
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
      if (text !== "") await this.#cut();
      await this.#writeAll(this.#encoder.encode(text));
    } catch (cause) {
      throw this.#failure = cannotWrite(this.path, cause);
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
    const nowMs = this.options.clock.nowMs();
    this.#lookAtMs = nowMs + LOOK_MS;
    this.#partAtMs = nowMs;
  }

  /**
   * Gives what is there another name, where it is large or old enough, and begins anew under its own.
   * Where that is not possible it goes on as it is.
   */
  async #cut(): Promise<void> {
    const { parts, clock } = this.options;
    if (!parts || !this.#size) return;
    const isOld = clock.nowMs() - this.#partAtMs >= parts.spanMs;
    if (this.#size < parts.bytesMax && !isOld) return;
    const part = partName(this.path, clock.epochMs());
    try {
      if (await Deno.lstat(part).then(() => true, () => false)) return; // of a clock that was put back
      await Deno.rename(this.path, part);
    } catch {
      return; // what is wrong is told by whoever writes
    }
    let next: Deno.FsFile;
    try {
      next = await Deno.open(this.path, { write: true, createNew: true });
    } catch {
      await Deno.rename(part, this.path);
      return;
    }
    this.file.close();
    this.file = next;
    this.#size = 0;
    this.#partAtMs = clock.nowMs();
  }

  /** A file that is in no directory any more takes all that is written, and all of it is lost. */
  async #look(): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    if (this.#size === undefined || nowMs < this.#lookAtMs) return;
    this.#lookAtMs = nowMs + LOOK_MS;
    const { nlink } = await this.file.stat();
    if (nlink === 0) throw new Error("it was removed while the run went on");
  }
}
