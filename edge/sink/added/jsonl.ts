/** The lines of a run's own files in another place, or to another program. */

import { resultNoteOf } from "../../scene/note.ts";
import type { Note } from "../../scene/note.ts";
import { Pictured } from "../pictured.ts";
import type { FrameResult } from "../sink.ts";
import { AppendFile } from "./append_file.ts";
import type { SinkPlace, SinkRun, SinkWriter } from "./writer.ts";

/**
 * Writes lines. Of frames alone they are those of `results.jsonl`, of events alone those of
 * `events.jsonl`; of both, a frame's line has behind it what happened up to that frame, told once.
 */
export class JsonlWriter implements SinkWriter<string> {
  readonly #pictured = new Pictured();

  private constructor(
    private readonly file: AppendFile,
    private readonly what: ReadonlySet<string>,
    private readonly hasPictures: boolean,
  ) {}

  /** Makes the file. @throws {SmarteyeError} when it cannot be written. */
  static async open(
    { path, overwrite, what }: SinkPlace,
    { options: { events } }: SinkRun,
  ): Promise<JsonlWriter> {
    const file = path === "-" ? AppendFile.stdout() : await AppendFile.open(path, overwrite);
    return new JsonlWriter(file, what, events === "all");
  }

  /** What it writes. */
  get description(): string {
    return this.file.path;
  }

  /** The line of a frame, and of what happened up to it. */
  itemOf({ record, notes, snapshots }: FrameResult): string | undefined {
    if (this.hasPictures) { for (const { id } of snapshots) this.#pictured.add(id); }
    const lines = [
      ...(this.what.has("frames") ? [record] : []),
      ...notes.flatMap((note) => this.#lineOf(note) ?? []),
    ];
    return lines.length === 0 ? undefined : lines.map(text).join("");
  }

  /** The line of what happened beside the frames. */
  itemOfNote(note: Note): string | undefined {
    const line = this.#lineOf(note);
    return line && text(line);
  }

  /** Adds lines. @throws {SmarteyeError} when they cannot be written. */
  write(lines: readonly string[]): Promise<void> {
    return this.file.append(lines.join(""));
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await Promise.resolve(this.file.close());
  }

  #lineOf(note: Note): object | undefined {
    return this.what.has("events") ? this.#pictured.lineOf(note) : resultNoteOf(note);
  }
}

function text(line: unknown): string {
  return JSON.stringify(line) + "\n";
}
