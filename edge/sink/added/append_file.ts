/** A file that whole pieces are added to: what was written of half a piece is taken away again. */

import { dirname } from "node:path";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";
import { cannotWrite } from "../write.ts";

/** Adds text to a file, each time all of it or nothing. */
export class AppendFile {
  readonly #encoder = new TextEncoder();
  #size = 0;
  /** Half a piece may be at its end. */
  #isTorn = false;

  private constructor(
    /** Its path. */
    readonly path: string,
    private readonly file: Pick<Deno.FsFile, "write" | "close">,
    /** The same, where it keeps what is written: a pipe has nothing to take away. */
    private readonly kept: Deno.FsFile | undefined,
  ) {}

  /** What the program writes to its standard output. */
  static stdout(): AppendFile {
    const { stdout } = Deno;
    const stream = { write: (bytes: Uint8Array) => stdout.write(bytes), close() {} };
    return new AppendFile("standard output", stream, undefined);
  }

  /**
   * Makes the file, and its directory.
   *
   * @throws {SmarteyeError} when it cannot be written; `already_in_use` when there is one already that
   * may not be overwritten.
   */
  static async open(path: string, overwrite: boolean): Promise<AppendFile> {
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      const file = await Deno.open(path, await howToOpen(path, overwrite));
      const { isFile } = await file.stat();
      return new AppendFile(path, file, isFile ? file : undefined);
    } catch (cause) {
      throw cause instanceof Deno.errors.AlreadyExists ? isThere(path) : cannotWrite(path, cause);
    }
  }

  /** Bytes in it. */
  get size(): number {
    return this.#size;
  }

  /** Adds a text. @throws {SmarteyeError} when it cannot be written: nothing of it is there then. */
  async append(text: string): Promise<void> {
    const bytes = this.#encoder.encode(text);
    try {
      if (this.#isTorn) await this.cut(this.#size);
      if ((await this.kept?.stat())?.nlink === 0) {
        throw new Error("it was removed while the run went on");
      }
      this.#isTorn = true;
      for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
      this.#size += bytes.length;
      this.#isTorn = false;
    } catch (cause) {
      if (this.#isTorn) await this.cut(this.#size).catch(() => {}); // tried again before the next one
      throw cannotWrite(this.path, cause);
    }
  }

  /** Takes away what is behind so many bytes. @throws {SmarteyeError} when that is not possible. */
  async cut(size: number): Promise<void> {
    if (this.kept) {
      await this.kept.truncate(size).catch((cause) => {
        throw cannotWrite(this.path, `half of it may be at its end: ${messageOf(cause)}`);
      });
      await this.kept.seek(size, Deno.SeekMode.Start);
    }
    this.#size = size;
    this.#isTorn = false;
  }

  /** Closes it. */
  close(): void {
    this.file.close();
  }

  /** Closes it and takes it away. */
  async remove(): Promise<void> {
    this.close();
    if (this.kept) await Deno.remove(this.path).catch(() => {}); // there may be no directory any more
  }
}

/** Refuses a place in which something is. @throws {SmarteyeError} `already_in_use` where there is. */
export async function refuseIfThere(path: string): Promise<void> {
  if (await Deno.lstat(path).then(() => true, () => false)) throw isThere(path);
}

function isThere(path: string): SmarteyeError {
  return new SmarteyeError(
    "already_in_use",
    `Cannot write "${path}": it is there already, another file is wanted ` +
      "(or --overwrite, which takes it away)",
  );
}

/** A pipe or a device is there, and has nothing to be taken away. */
async function howToOpen(path: string, overwrite: boolean): Promise<Deno.OpenOptions> {
  const there = await Deno.stat(path).catch(() => undefined);
  const isOther = there !== undefined && !there.isFile;
  if (isOther) return { write: true };
  return overwrite
    ? { write: true, create: true, truncate: true }
    : { write: true, createNew: true };
}
