/** Results as rows: what of a frame and of what happens goes into which table. */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { EventState, LineRecord, StayRecord } from "../../../events/event_record.ts";
import type { FrameRecord } from "../../../record.ts";
import type { TrimLimits } from "../../../retention/trimmable.ts";
import type { Note } from "../../../scene/note.ts";
import type { BegunRun, StoredItem } from "./messages.ts";
import { type Trimmed, trimStep } from "./trim.ts";

/** Columns of the tables that are only added to, in the order in which `#insert` is given them. */
const COLUMNS = {
  runs: "source_id, input, directory, policy, seed, started_ms",
  frames:
    "run_id, frame, at_ms, pts_ms, file, outcome, detail, fallback, model, width, height, shows, " +
    "inferred, age_ms, policy, reason, sent_height, sent_quality, shadow, latency_ms, bytes_up, " +
    "bytes_down, server",
  detections:
    "frame_id, place, at_ms, label, class_id, score, x1, y1, x2, y2, track_id, zones, mask",
  classifications: "frame_id, place, at_ms, label, class_id, score",
  stays: "run_id, event_id, track_id, label, zone, entered_ms, seconds, ended",
  crossings: "run_id, event_id, track_id, label, line, direction, at_ms, frame",
  notes: "run_id, event, event_id, at_ms, frame, note",
} as const;

/** Columns of an event, which is written again as it goes on. */
const EVENT_COLUMNS =
  "run_id, id, track_id, label, labels, state, started_ms, last_ms, ended_ms, duration_s, reason, " +
  "x1, y1, x2, y2, zones, best_frame, best_ms, best_score, best_x1, best_y1, best_x2, best_y2, " +
  "snapshot, frames_local, frames_cloud, frames_carried, seen, path";

const TRACK = `INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?, 1)
  ON CONFLICT DO UPDATE SET last_ms = max(last_ms, excluded.last_ms),
    last_frame = max(last_frame, excluded.last_frame), frames = frames + 1`;

/** Writes results; all that one call is given, or nothing of it. */
export class ResultsDatabase {
  readonly #statements = new Map<string, StatementSync>();

  /** Takes a database that is open to be written. */
  constructor(private readonly database: DatabaseSync) {}

  /** A row for a run, and for its source where there is none. Its id. */
  begin({ source, input, directory, policy, seed, startedMs }: BegunRun): number {
    let runId = 0;
    this.#together(() => {
      this.#run("INSERT INTO sources (name) VALUES (?) ON CONFLICT DO NOTHING", source);
      const { id } = this.#statement("SELECT id FROM sources WHERE name = ?").get(source)!;
      runId = this.#insert("runs", id as number, input, directory, policy, seed, startedMs);
    });
    return runId;
  }

  /** Rows for what a run gives. */
  write(runId: number, items: readonly StoredItem[]): void {
    this.#together(() => {
      for (const { record, notes } of items) {
        if (record) this.#frame(runId, record);
        for (const note of notes) this.#note(runId, note);
      }
    });
  }

  /** A run is over. */
  end(runId: number, endedMs: number, summary: string | null): void {
    this.#run("UPDATE runs SET ended_ms = ?, summary = ? WHERE id = ?", endedMs, summary, runId);
  }

  /** Takes some of the oldest rows away. */
  trim(limits: TrimLimits, rowsMax: number): Trimmed {
    return trimStep(this.database, limits, rowsMax);
  }

  /** Closes the file, with all in it that lay beside it. */
  close(): void {
    this.database.close();
  }

  #frame(runId: number, record: FrameRecord): void {
    const { frame, captured_at, decision, detections, classifications } = record;
    const atMs = Date.parse(captured_at);
    const frameId = this.#insert(
      "frames",
      ...[runId, frame, atMs, record.pts_ms, record.file ?? null, record.outcome],
      ...[record.detail ?? null, Number(record.fallback ?? false), record.model],
      ...[record.width, record.height],
      detections ? "detections" : classifications ? "classifications" : null,
      ...[Number(record.inferred ?? true), record.age_ms ?? null],
      ...[decision?.policy ?? null, decision?.reason ?? null],
      ...[decision?.height ?? null, decision?.quality ?? null, json(decision?.shadow)],
      ...[record.latency_ms, record.bytes_up, record.bytes_down, record.server],
    );
    for (const [place, one] of (detections ?? []).entries()) {
      const { label, class_id, score, box, track_id, zones, mask } = one;
      this.#insert(
        "detections",
        ...[frameId, place, atMs, label, class_id, score, ...box],
        ...[track_id ?? null, json(zones), json(mask)],
      );
      if (track_id !== undefined) {
        this.#run(TRACK, runId, track_id, label, atMs, atMs, frame, frame);
      }
    }
    for (const [place, { label, class_id, score }] of (classifications ?? []).entries()) {
      this.#insert("classifications", frameId, place, atMs, label, class_id, score);
    }
  }

  #note(runId: number, note: Note): void {
    const eventId = note.event === "source" ? null : note.id;
    const atMs = Date.parse(note.at);
    this.#insert("notes", runId, note.event, eventId, atMs, note.frame, JSON.stringify(note));
    switch (note.event) {
      case "open":
      case "update":
      case "close":
        return this.#event(runId, note);
      case "enter":
      case "loiter":
      case "leave":
        return this.#stay(runId, note);
      case "line":
        return this.#crossing(runId, note);
      case "source":
      case "alert":
      case "clip":
        return;
      default:
        return note satisfies never;
    }
  }

  #event(runId: number, note: EventState): void {
    if (note.id === null) return;
    const { label, track_id, best, zones, labels } = note;
    const end = isEnd(note) ? note : undefined;
    this.#run(
      `INSERT OR REPLACE INTO events (${EVENT_COLUMNS}) VALUES (${marks(EVENT_COLUMNS)})`,
      ...[runId, note.id, track_id, label, json(labels), end ? "closed" : "open"],
      ...[Date.parse(note.started_at), Date.parse(note.at)],
      ...(end ? [Date.parse(end.ended_at), end.duration_s, end.reason] : [null, null, null]),
      ...[...note.box, json(zones), best.frame, Date.parse(best.at), best.score, ...best.box],
      note.snapshot ?? null,
      ...(end
        ? [end.places.local, end.places.cloud, end.places.carried, json(end.seen), json(end.path)]
        : [null, null, null, null, null]),
    );
    // What a thing is called by all that was seen of it says more than its first detection.
    this.#run(
      "UPDATE tracks SET label = ? WHERE run_id = ? AND track_id = ?",
      ...[label, runId, track_id],
    );
  }

  #stay(runId: number, note: StayRecord): void {
    const { event, id, track_id, label, zone, seconds, continues } = note;
    const open = this.#statement(
      `SELECT id FROM stays WHERE run_id = ? AND zone = ? AND track_id = ? AND left_ms IS NULL
       ORDER BY id DESC LIMIT 1`,
    ).get(runId, zone, continues ?? track_id);
    const stayId = open?.id as number | undefined ?? this.#insert(
      "stays",
      ...[runId, id, track_id, label, zone, Date.parse(note.started_at), seconds, 0],
    );
    this.#run(
      "UPDATE stays SET event_id = ?, track_id = ?, label = ?, seconds = ?, ended = ? WHERE id = ?",
      ...[id, track_id, label, seconds, Number(note.ended ?? false), stayId],
    );
    if (event === "enter") return;
    const column = event === "loiter" ? "loitered_ms" : "left_ms";
    this.#run(`UPDATE stays SET ${column} = ? WHERE id = ?`, Date.parse(note.at), stayId);
  }

  #crossing(runId: number, note: LineRecord): void {
    const { id, track_id, label, line, direction, at, frame } = note;
    this.#insert(
      "crossings",
      ...[runId, id, track_id, label, line, direction, Date.parse(at), frame],
    );
  }

  /** All that is done is stored, or nothing of it. */
  #together(work: () => void): void {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.database.exec("COMMIT");
    } catch (error) {
      try {
        this.database.exec("ROLLBACK");
      } catch { /* it has been rolled back: a full disk does that by itself */ }
      throw error;
    }
  }

  /** A row at the end of a table. Its id. */
  #insert(table: keyof typeof COLUMNS, ...values: SQLInputValue[]): number {
    const columns = COLUMNS[table];
    return this.#run(`INSERT INTO ${table} (${columns}) VALUES (${marks(columns)})`, ...values);
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function isEnd(note: EventState): note is Extract<Note, { readonly event: "close" }> {
  return note.event === "close";
}

function marks(columns: string): string {
  return columns.split(",").map(() => "?").join(", ");
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
