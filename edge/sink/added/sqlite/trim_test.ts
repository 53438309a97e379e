/** Rows that go while others come. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../../../core/clock.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { record } from "../../../../tests/fakes/records.ts";
import type { Note } from "../../../scene/note.ts";
import { DatabaseSink } from "./database_sink.ts";
import { openToWrite } from "./open_database.ts";
import { ResultsDatabase } from "./results_database.ts";
import { trimStep } from "./trim.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const at = (minute: number) => new Date(START + minute * MINUTE).toISOString();

/** A database with a frame and an event a minute, each with all that belongs to it. */
function filled(path: string, minutes: number): void {
  const database = new ResultsDatabase(openToWrite(path));
  const run = { source: "door", input: "a", directory: "/r", policy: "p", seed: 1 };
  const runId = database.begin({ ...run, startedMs: START });
  const box = [1, 2, 3, 4] as const;
  const items = Array.from({ length: minutes }, (_, n) => {
    const thing = { label: "car", class_id: 2, score: 0.9, box, track_id: n };
    const of = { id: `e${n}`, source: "door", track_id: n, label: "car", frame: n + 1, box };
    const notes = [
      {
        ...of,
        event: "open",
        ...{ started_at: at(n), at: at(n), labels: { car: 1 }, zones: [] },
        best: { frame: n + 1, at: at(n), score: 0.9, box },
      },
      { ...of, event: "enter", zone: "porch", started_at: at(n), at: at(n), seconds: 1 },
      { ...of, event: "cross", line: "gate", direction: "in", at: at(n) },
    ].map((note) => note.event === "cross" ? { ...note, event: "line" } : note);
    return {
      record: record(n + 1, { captured_at: at(n), detections: [thing, thing] }),
      notes: notes as unknown as readonly Note[],
    };
  });
  database.write(runId, items);
  database.close();
}

function counts(path: string): Record<string, number> {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = ["frames", "detections", "tracks", "events", "stays", "crossings", "notes"];
  return Object.fromEntries(
    tables.map((name) => [
      name,
      Number(database.prepare(`SELECT count(*) AS n FROM ${name}`).get()!.n),
    ]),
  );
}

const EVER = { newestMs: START + 1e12 };

Deno.test("rows that are too old go with all that names them, events as long as they are kept", async () => {
  await using folder = new Folder();
  const path = folder.file("seen.sqlite");
  filled(path, 100);
  using database = openToWrite(path);
  const limits = {
    ...{ beforeMs: START + 60 * MINUTE, eventsBeforeMs: START + 20 * MINUTE, ...EVER },
  };
  let steps = 0;
  while (!trimStep(database, limits, 7).isDone) steps++;
  assert.ok(steps >= 9, `${steps}`);
  assert.deepEqual(counts(path), {
    ...{ frames: 40, detections: 80, tracks: 40, events: 80, stays: 80, crossings: 80 },
    notes: 240,
  });
  assert.deepEqual(database.prepare("PRAGMA foreign_key_check").all(), []);
});

Deno.test("a file that is too large becomes small enough, and gives its pages back to the disk", async () => {
  await using folder = new Folder();
  const path = folder.file("seen.sqlite");
  filled(path, 600);
  const place = {
    path,
    overwrite: false,
    what: new Set(["frames", "events"]),
    clock: systemClock,
  };
  const sink = await DatabaseSink.open(place);
  const before = await sink.bytes();
  const bytesMax = Math.round(0.8 * before);
  const never = new AbortController().signal;
  const limits = { beforeMs: -Infinity, eventsBeforeMs: -Infinity, bytesMax, ...EVER };
  assert.ok(await sink.trim(limits, never) > 200);
  assert.equal(await sink.trim(limits, never), 0);
  await sink.close();
  const { size } = await Deno.stat(path);
  assert.ok(size <= bytesMax, `${before} → ${size}`);
  const { frames, notes } = counts(path);
  assert.ok(frames! < 600 && notes === 1800, "frames first");
  const newest = { beforeMs: -Infinity, eventsBeforeMs: -Infinity, bytesMax: 0, newestMs: START };
  using database = openToWrite(path);
  assert.deepEqual(trimStep(database, newest, 9), { rows: 0, isDone: true }, "what is new stays");
});
