/** A download under way: its bytes so far, where they come from, and a lock on both. */

import { createHash, type Hash } from "node:crypto";
import { z } from "zod";
import { messageOf, SmarteyeError } from "../../core/errors.ts";

/** Bytes that are read at once to be hashed. */
const READ_BYTES = 1 << 20;

/** Times that a part is opened anew because another process took it away meanwhile. */
const OPENINGS_MAX = 10;

/** What the bytes of a part are the beginning of. */
export interface PartOrigin {
  /** Where they come from. */
  readonly url: string;
  /** Of the whole file. */
  readonly sha256: string;
}

/** What lies beside a part. */
const Note = z.object({ url: z.string(), sha256: z.string(), validator: z.string().optional() });

/** The beginning of a file. It is this process's own until it is closed: the file is locked. */
export class PartFile implements AsyncDisposable {
  #hash: Hash = createHash("sha256");
  #length = 0;
  #validator: string | undefined;
  #isOpen = true;

  private constructor(
    /** Where it is. */
    readonly path: string,
    private readonly origin: PartOrigin,
    private readonly file: Deno.FsFile,
  ) {}

  /**
   * Opens a part, or begins one. What an earlier process left is gone on with if it came from the
   * same place and should become the same file; else it is forgotten.
   *
   * @throws {SmarteyeError} `already_in_use` when another pull has it, `failed_precondition` when it
   * cannot be written.
   */
  static async open(path: string, origin: PartOrigin): Promise<PartFile> {
    for (let opening = 0; opening < OPENINGS_MAX; opening++) {
      const file = await writing(
        path,
        () => Deno.open(path, { read: true, write: true, create: true }),
      );
      const part = new PartFile(path, origin, file);
      try {
        if (!await writing(path, () => file.tryLock(true))) {
          throw new SmarteyeError(
            "already_in_use",
            `Cannot pull to "${path}": another pull is writing it, one at a time is wanted`,
          );
        }
        if (!await isStillAt(path, file)) { // renamed or removed by the pull that had the lock
          part.#close();
          continue;
        }
        await part.#takeUp();
        return part;
      } catch (error) {
        part.#close();
        throw error;
      }
    }
    throw new SmarteyeError("already_in_use", `Cannot pull to "${path}": others keep replacing it`);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** What tells whether the server's file is still the same: an `ETag`, or a `Last-Modified`. */
  get validator(): string | undefined {
    return this.#validator;
  }

  /** Of the bytes so far. */
  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Forgets the bytes so far; those to come belong to `validator`. */
  async restart(validator: string | undefined): Promise<void> {
    await writing(this.path, async () => {
      if ((await this.file.stat()).size > 0) await this.file.truncate(0);
      await this.file.seek(0, Deno.SeekMode.Start);
      const note = { ...this.origin, ...(validator === undefined ? {} : { validator }) };
      await Deno.writeTextFile(this.#notePath, JSON.stringify(note));
    });
    this.#hash = createHash("sha256");
    this.#length = 0;
    this.#validator = validator;
  }

  /** Adds bytes. @throws {SmarteyeError} `failed_precondition` when they cannot be written. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      const written = await writing(this.path, () => this.file.write(rest));
      this.#hash.update(rest.subarray(0, written));
      this.#length += written;
      at += written;
    }
  }

  /** Makes it the file at `path`, in place of what is there: all of it, or nothing of it. */
  async place(path: string): Promise<void> {
    await writing(path, async () => {
      await this.file.sync();
      if (Deno.build.os === "windows") this.#close(); // an open file cannot be renamed there
      await Deno.rename(this.path, path);
    });
    await this.#forgetNote();
    this.#close();
  }

  /** Removes it. */
  async discard(): Promise<void> {
    if (Deno.build.os === "windows") this.#close();
    await Deno.remove(this.path).catch(() => {});
    await this.#forgetNote();
    this.#close();
  }

  /** Lets it go, to be gone on with another time; an empty one is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    if (this.#length === 0) await this.discard();
    else this.#close();
  }

  /** No `*.json`: those of a model directory are manifests. */
  get #notePath(): string {
    return `${this.path}.from`;
  }

  async #takeUp(): Promise<void> {
    const note = await readNote(this.#notePath);
    const { url, sha256 } = this.origin;
    if (note?.url !== url || note.sha256 !== sha256) return await this.restart(undefined);
    this.#validator = note.validator;
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const read = await writing(this.path, () => this.file.read(buffer));
      if (read === null) break;
      this.#hash.update(buffer.subarray(0, read));
      this.#length += read;
    }
  }

  async #forgetNote(): Promise<void> {
    await Deno.remove(this.#notePath).catch(() => {});
  }

  #close(): void {
    if (this.#isOpen) this.file.close();
    this.#isOpen = false;
  }
}

async function readNote(path: string): Promise<z.infer<typeof Note> | undefined> {
  try {
    return Note.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch {
    return undefined; // not there or broken: nothing is known of the bytes
  }
}

/** A lock holds the file, not its name: whoever had it before may have given the name away. */
async function isStillAt(path: string, file: Deno.FsFile): Promise<boolean> {
  const ours = await file.stat();
  const there = await Deno.stat(path).catch(() => undefined);
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot write "${path}": ${messageOf(cause)}, a model directory with room for the weights ` +
        `is wanted (SMARTEYE_MODELS, [models] directory)`,
      { cause },
    );
  }
}
