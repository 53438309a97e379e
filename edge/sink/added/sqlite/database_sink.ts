/** A SQLite database of all runs of an edge, and of those before them. */

import { dirname, resolve } from "node:path";
import type { Clock } from "../../../../core/clock.ts";
import { redact } from "../../../../core/redact.ts";
import type { TrimLimits, Trimmable } from "../../../retention/trimmable.ts";
import type { Note } from "../../../scene/note.ts";
import type { Summary } from "../../../statistics.ts";
import { Pictured } from "../../pictured.ts";
import type { FrameResult } from "../../sink.ts";
import { cannotWrite } from "../../write.ts";
import type { SharedSink, SinkPlace, SinkRun, SinkWriter } from "../writer.ts";
import { DatabaseThread } from "./database_thread.ts";
import type { StoredItem } from "./messages.ts";

/** Milliseconds that a step of trimming may take, and between two of them. */
const STEP_MS = 10;
const PAUSE_MS = 20;

/** Rows of a table that it takes: few at first, then as many as fit its time. */
const STEP_ROWS = 50;
const STEP_ROWS_MIN = 10;
const STEP_ROWS_MAX = 2000;

/** One file and one thread that writes it, for every run. */
export class DatabaseSink implements SharedSink, Trimmable {
  private constructor(
    private readonly place: SinkPlace,
    private readonly thread: DatabaseThread,
  ) {}

  /**
   * Opens the file, and makes it where there is none.
   *
   * @throws {SmarteyeError} when it cannot be written, is another program's, or has other tables.
   */
  static async open(place: SinkPlace): Promise<DatabaseSink> {
    const { path } = place;
    await Deno.mkdir(dirname(path), { recursive: true }).catch((cause) => {
      throw cannotWrite(path, cause);
    });
    const thread = new DatabaseThread(path);
    try {
      await thread.open();
    } catch (error) {
      thread.end();
      throw error;
    }
    return new DatabaseSink(place, thread);
  }

  /** What a run writes through. @throws {SmarteyeError} when its first row cannot be written. */
  async of({ options, input, policy, seed }: SinkRun): Promise<SinkWriter<StoredItem>> {
    const { name, resultsDirectory, events } = options;
    const { path, what, clock } = this.place;
    const { runId } = await this.thread.ask({
      ask: "begin",
      run: {
        ...{ source: name, input: redact(input), directory: resolve(resultsDirectory) },
        ...{ policy, seed, startedMs: clock.epochMs() },
      },
    });
    const hasPictures = events === "all";
    return new DatabaseWriter(this.thread, { runId: runId!, path, what, clock, hasPictures });
  }

  /** Its rows may go while it is written. */
  get trimmable(): Trimmable {
    return this;
  }

  /** Where it is. */
  get path(): string {
    return this.place.path;
  }

  /** Bytes of the file, and of its log. */
  async bytes(): Promise<number> {
    const sizes = ["", "-wal"].map((ending) =>
      Deno.stat(this.path + ending).then(({ size }) => size, () => 0)
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size);
  }

  /**
   * Takes rows away, between what is written. How many went.
   *
   * @throws {SmarteyeError} when that is not possible.
   */
  async trim(limits: TrimLimits, signal: AbortSignal): Promise<number> {
    const { clock } = this.place;
    let [rows, rowsMax] = [0, STEP_ROWS];
    while (!signal.aborted) {
      const beganMs = clock.nowMs();
      const { trimmed } = await this.thread.ask({ ask: "trim", limits, rowsMax });
      if (!trimmed || trimmed.isDone) break;
      rows += trimmed.rows;
      const isSlow = clock.nowMs() - beganMs > STEP_MS;
      rowsMax = Math.min(STEP_ROWS_MAX, Math.max(STEP_ROWS_MIN, rowsMax * (isSlow ? 0.5 : 1.25)));
      rowsMax = Math.round(rowsMax);
      await clock.sleep(PAUSE_MS, signal); // whoever writes comes next
    }
    return rows;
  }

  /** Closes the file. */
  async close(): Promise<void> {
    try {
      await this.thread.ask({ ask: "close" });
    } finally {
      this.thread.end();
    }
  }
}

/** One run in the database. */
interface StoredRun {
  readonly runId: number;
  readonly path: string;
  readonly what: ReadonlySet<string>;
  readonly clock: Clock;
  /** Whether its events have pictures beside it. */
  readonly hasPictures: boolean;
}

/** Writes one run's results. */
class DatabaseWriter implements SinkWriter<StoredItem> {
  readonly #pictured = new Pictured();

  constructor(private readonly thread: DatabaseThread, private readonly run: StoredRun) {}

  get description(): string {
    return this.run.path;
  }

  itemOf({ record, notes, snapshots }: FrameResult): StoredItem | undefined {
    const { what, hasPictures } = this.run;
    if (hasPictures) { for (const { id } of snapshots) this.#pictured.add(id); }
    const told = what.has("events") ? notes.map((note) => this.#pictured.lineOf(note)) : [];
    if (what.has("frames")) return { record, notes: told };
    return told.length === 0 ? undefined : { notes: told };
  }

  itemOfNote(note: Note): StoredItem | undefined {
    return this.run.what.has("events") ? { notes: [this.#pictured.lineOf(note)] } : undefined;
  }

  async write(items: readonly StoredItem[]): Promise<void> {
    await this.thread.ask({ ask: "write", runId: this.run.runId, items });
  }

  async close(summary?: Summary): Promise<void> {
    const { runId, clock } = this.run;
    const told = summary ? JSON.stringify(summary) : null;
    await this.thread.ask({ ask: "end", runId, endedMs: clock.epochMs(), summary: told });
  }
}
