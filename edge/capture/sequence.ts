/** Several files, one after the other, as one source. */

import { basename } from "node:path";
import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import type { FrameSource, TellSource } from "./source.ts";

/** What a sequence is made of. */
export interface SequenceParts {
  /** What it is, for people. */
  readonly description: string;
  /** The files, in order; at least one. */
  readonly paths: readonly string[];
  /** How many pictures there are, if that is known. */
  readonly frameCount: number | undefined;
  /** Whether all files are still images, going by their names. */
  readonly areStills: boolean;
  /** What is not read of what was named: as it is counted. */
  readonly leftOut: readonly { readonly what: string; readonly names: readonly string[] }[];
  /** Opens one of the files. */
  readonly open: (path: string) => Promise<FrameSource>;
}

/** Milliseconds between the last picture of a file and the first of the next. */
const SPACING_MS = 40;

/** Names that a message shows. */
const NAMES_MAX = 5;

/** Files one after the other; each picture knows which it is of. */
export class SequenceSource implements FrameSource {
  readonly live = false;
  readonly fps: undefined = undefined;
  readonly description: string;
  readonly frameCount: number | undefined;
  readonly areStills: boolean;
  #open: FrameSource | undefined;

  /** Opens no file before it is its turn. */
  constructor(private readonly parts: SequenceParts) {
    this.description = parts.description;
    this.frameCount = parts.frameCount;
    this.areStills = parts.areStills;
  }

  /**
   * The pictures of all files. A file that cannot be read, or not to its end, does not keep the others
   * from being read.
   *
   * @throws {SmarteyeError} at the end, what the first of those threw.
   */
  async *pictures(
    signal: AbortSignal,
    tell: TellSource = () => {},
  ): AsyncGenerator<CapturedPicture> {
    const { leftOut, paths, open } = this.parts;
    for (const { what, names } of leftOut) {
      tell({ kind: "left_out", what, count: names.length, detail: namesOf(names) });
    }
    const failures: SmarteyeError[] = [];
    let beginsMs = 0;
    let lastMs = 0;
    for (const path of paths) {
      if (signal.aborted) return;
      try {
        const source = this.#open = await open(path);
        for await (const picture of source.pictures(signal, tell)) {
          lastMs = beginsMs + picture.ptsMs;
          yield Object.assign(picture, { ptsMs: lastMs, file: path });
        }
      } catch (error) {
        if (signal.aborted) return; // it was given up
        const failure = asSmarteyeError(error, `read "${path}"`);
        failures.push(failure);
        const what = "files that cannot be read to their end";
        tell({ kind: "left_out", what, count: 1, detail: failure.message });
      } finally {
        await this.close();
      }
      beginsMs = lastMs + SPACING_MS;
    }
    const [first] = failures;
    if (first) throw failures.length === 1 ? first : severalFailed(failures, paths.length);
  }

  async close(): Promise<void> {
    const source = this.#open;
    this.#open = undefined;
    await source?.close();
  }
}

function severalFailed(failures: readonly SmarteyeError[], of: number): SmarteyeError {
  const [first] = failures;
  return new SmarteyeError(
    first!.code,
    `${first!.message} (and ${failures.length - 1} more of the ${of} files)`,
    { cause: first },
  );
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).map((name) => basename(name)).join(", ");
  return names.length > NAMES_MAX ? `${shown} and ${names.length - NAMES_MAX} more` : shown;
}
