/** Frames of a profile as they are taken, so that one that was stopped goes on where it was. */

import { Buffer } from "node:buffer";
import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { ProfiledFrame } from "./profile.ts";

/** Its name in the profile's directory; it is not there when the profile is whole. */
const FILE = "journal.jsonl";

/** What is kept of a profile that is being taken. */
export class Journal {
  private constructor(
    private readonly path: string,
    private readonly file: Deno.FsFile,
    /** Frames that were taken before, in order. */
    readonly frames: readonly ProfiledFrame[],
  ) {}

  /**
   * Opens the journal of a directory, or begins one. One that was begun for something else is begun
   * anew.
   *
   * @param asked what the profile is made of, as JSON: the same goes on.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be written.
   */
  static async open(directory: string, asked: string): Promise<Journal> {
    const path = join(directory, FILE);
    try {
      await Deno.mkdir(directory, { recursive: true });
      const file = await Deno.open(path, { write: true, create: true });
      if (!await file.tryLock(true)) {
        file.close();
        throw new SmarteyeError(
          "already_in_use",
          `Cannot profile into "${directory}": another process does, another directory is wanted`,
        );
      }
      const kept = await readKept(path, asked);
      await file.truncate(kept?.bytes ?? 0);
      await file.seek(0, Deno.SeekMode.End);
      if (!kept) await append(file, asked);
      return new Journal(path, file, kept?.frames ?? []);
    } catch (cause) {
      throw cannotKeep(path, cause);
    }
  }

  /** Keeps a frame. @throws {SmarteyeError} `failed_precondition` when it cannot be written. */
  async add(frame: ProfiledFrame): Promise<void> {
    await append(this.file, lineOf(frame)).catch((cause) => {
      throw cannotKeep(this.path, cause);
    });
  }

  /** Closes it; it stays, to be gone on with. */
  close(): void {
    this.file.close();
  }

  /** Takes it away: the profile is whole. Closed before. */
  async remove(): Promise<void> {
    await Deno.remove(this.path);
  }
}

/** The frames that are kept whole, and how many bytes they take; `undefined` when they are of something else. */
async function readKept(path: string, asked: string) {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1); // the last line may be cut
  const [head, ...lines] = whole.split("\n").slice(0, -1);
  if (head !== asked) return undefined;
  const frames = lines.map(frameOf);
  return { frames, bytes: new TextEncoder().encode(whole).length };
}

function lineOf({ grey, ...frame }: ProfiledFrame): string {
  return JSON.stringify({ ...frame, grey: Buffer.from(grey).toString("base64") });
}

function frameOf(line: string): ProfiledFrame {
  const { grey, ...frame } = JSON.parse(line);
  return { ...frame, grey: new Uint8Array(Buffer.from(grey, "base64")) };
}

async function append(file: Deno.FsFile, line: string): Promise<void> {
  let bytes = new TextEncoder().encode(`${line}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
}

function cannotKeep(path: string, cause: unknown): SmarteyeError {
  if (cause instanceof SmarteyeError) return cause;
  return new SmarteyeError(
    "failed_precondition",
    `Cannot write "${path}": ${
      messageOf(cause)
    }; a directory with room that may be written is wanted`,
    { cause },
  );
}
