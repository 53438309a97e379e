import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../../../core/clock.ts";
import { FakeClock } from "../../../../core/fake_clock.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { result } from "../../../../tests/fakes/records.ts";
import { refused } from "../../../../tests/fakes/refused.ts";
import { RUN_FACTS } from "../../../../tests/fakes/run_facts.ts";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import { testOnSmallDisk } from "../../../../tests/fakes/small_disk.ts";
import { FrameLedger } from "../../../ledger.ts";
import type { FrameRecord } from "../../../record.ts";
import { RunStatistics } from "../../../statistics.ts";
import { resultNoteOf } from "../../../scene/note.ts";
import { EventSink } from "../../event_sink.ts";
import { JsonlSink } from "../../jsonl_sink.ts";
import { AddedSink } from "../added_sink.ts";
import type { SinkRun } from "../writer.ts";
import { DatabaseSink } from "./database_sink.ts";
import { openToRead } from "./open_database.ts";

const summary = new RunStatistics().summary({ ...RUN_FACTS, ledger: new FrameLedger() });
const BOTH = new Set(["frames", "events"]);

const run = (folder: Folder, name = "door"): SinkRun => ({
  options: { name, source: "0", resultsDirectory: folder.path, events: "text" },
  ...{ live: false, input: "rtsp://me:secret@host/1", policy: "p", seed: 4_000_000_000 },
});

const open = (folder: Folder, what: ReadonlySet<string> = BOTH) =>
  DatabaseSink.open({
    ...{ path: folder.file("seen.sqlite"), overwrite: false },
    ...{ what, clock: new FakeClock() },
  });

type Row = Record<string, unknown>;

/** All rows that a question gives. */
function rows(folder: Folder, sql: string): Row[] {
  using database = openToRead(folder.file("seen.sqlite"));
  return database.prepare(sql).all().map((row) => ({ ...row }));
}

const parsed = (text: unknown) =>
  text === null || text === undefined ? undefined : JSON.parse(String(text));

/** What is not there is `null` in a row, and absent in a line. */
function given(values: Row): Row {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** The line of a frame, made of its rows again. */
function recordFrom(frame: Row, found: readonly Row[]): FrameRecord {
  const shown = found.map(({ label, class_id, score, x1, y1, x2, y2, track_id, zones, mask }) => ({
    ...{ label, class_id, score },
    ...(x1 === undefined ? {} : { box: [x1, y1, x2, y2] }),
    ...given({ track_id, zones: parsed(zones), mask: parsed(mask) }),
  }));
  return {
    ...{ frame: frame.frame, source: frame.name, ...given({ file: frame.file }) },
    ...{ pts_ms: frame.pts_ms, captured_at: new Date(Number(frame.at_ms)).toISOString() },
    ...{ outcome: frame.outcome, ...given({ detail: frame.detail }) },
    ...(frame.fallback ? { fallback: true } : {}),
    ...{ model: frame.model, width: frame.width, height: frame.height },
    ...(frame.inferred ? {} : { inferred: false, age_ms: frame.age_ms }),
    ...(frame.shows === null ? {} : { [String(frame.shows)]: shown }),
    decision: frame.policy === null ? null : {
      ...{ policy: frame.policy, reason: frame.reason },
      ...{ height: frame.sent_height, quality: frame.sent_quality },
      ...given({ shadow: parsed(frame.shadow) }),
    },
    ...{ latency_ms: frame.latency_ms, bytes_up: frame.bytes_up, bytes_down: frame.bytes_down },
    server: frame.server,
  } as FrameRecord;
}

Deno.test("sqlite: everything is there that results.jsonl and events.jsonl have", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const shared = await open(folder);
  const { results, rest } = sceneResults();
  const classified = result(results.length + 1, undefined, {
    ...{ source: "door", detections: undefined as never },
    classifications: [
      { label: "street", class_id: 3, score: 0.75 },
      { label: "alley", class_id: 4, score: 0.25 },
    ],
  });
  const all = [...results, classified];
  const writer = await shared.of(run(folder));
  await writer.write(all.flatMap((one) => writer.itemOf(one) ?? []));
  await writer.write(rest.flatMap((note) => writer.itemOfNote!(note) ?? []));
  await writer.close(summary);
  await shared.close();
  assert.deepEqual(folder.names(), ["seen.sqlite"], "nothing lies beside it");

  for (
    const sink of [
      await JsonlSink.open(folder.file("results.jsonl"), clock),
      await EventSink.open(folder.path, clock, false),
    ]
  ) {
    for (const one of all) await sink.write(one);
    for (const note of rest) await sink.note(note);
    await sink.close(summary);
  }
  const linesOf = (name: string) =>
    Deno.readTextFileSync(folder.file(name)).trimEnd().split("\n").map((line) => JSON.parse(line));
  const frames = rows(
    folder,
    `SELECT frames.*, name FROM frames JOIN runs ON runs.id = run_id
     JOIN sources ON sources.id = source_id ORDER BY frame`,
  );
  const found = [
    ...rows(folder, "SELECT * FROM detections ORDER BY frame_id, place"),
    ...rows(folder, "SELECT * FROM classifications ORDER BY place"),
  ];
  const records = frames.map((frame) =>
    recordFrom(frame, found.filter(({ frame_id }) => frame_id === frame.id))
  );
  const notes = rows(folder, "SELECT note FROM notes ORDER BY id").map(({ note }) => parsed(note));
  assert.deepEqual(records, linesOf("results.jsonl").filter(({ event }) => !event));
  assert.deepEqual(notes, linesOf("events.jsonl"));
  assert.deepEqual(
    notes.flatMap((note) => resultNoteOf(note) ?? []),
    linesOf("results.jsonl").filter(({ event }) => event),
  );
  holdTold(folder, notes);
});

/** Holds that the tables of what happened say what the lines say. */
function holdTold(folder: Folder, notes: readonly Row[]): void {
  const closed = notes.filter(({ event }) => event === "close") as never as {
    id: string;
    label: string;
    started_at: string;
    ended_at: string;
    duration_s: number;
    zones: unknown;
    path: unknown;
    reason: string;
  }[];
  assert.ok(closed.length >= 2);
  const events = rows(folder, "SELECT * FROM events ORDER BY id");
  assert.deepEqual(
    events.map(({ id, label, state, started_ms, ended_ms, duration_s, zones, path, reason }) => ({
      ...{ id, label, state, started_ms, ended_ms, duration_s, reason },
      ...{ zones: parsed(zones), path: parsed(path) },
    })),
    closed.toSorted((a, b) => a.id < b.id ? -1 : 1).map((one) => ({
      ...{ id: one.id, label: one.label, state: "closed" },
      ...{ started_ms: Date.parse(one.started_at), ended_ms: Date.parse(one.ended_at) },
      ...{ duration_s: one.duration_s, reason: one.reason, zones: one.zones, path: one.path },
    })),
  );
  const of = (event: string) => notes.filter((note) => note.event === event);
  const stays = rows(folder, "SELECT * FROM stays ORDER BY id");
  assert.equal(stays.length, of("enter").length);
  assert.ok(stays.length >= 2 && of("loiter").length > 0);
  assert.deepEqual(
    stays.map(({ track_id, zone, left_ms }) => [track_id, zone, left_ms]),
    stays.map(({ track_id }) => {
      const left = of("leave").find((note) => note.track_id === track_id)!;
      return [track_id, left.zone, Date.parse(String(left.at))];
    }),
  );
  assert.equal(stays.filter(({ loitered_ms }) => loitered_ms).length, of("loiter").length);
  assert.deepEqual(
    rows(folder, "SELECT line, direction, track_id FROM crossings ORDER BY id"),
    of("line").map(({ line, direction, track_id }) => ({ line, direction, track_id })),
  );
  assert.deepEqual(
    rows(
      folder,
      `SELECT track_id FROM tracks WHERE
       frames != (SELECT count(*) FROM detections WHERE track_id = tracks.track_id) OR
       first_ms != (SELECT min(at_ms) FROM detections WHERE track_id = tracks.track_id) OR
       last_ms != (SELECT max(at_ms) FROM detections WHERE track_id = tracks.track_id)`,
    ),
    [],
  );
  const [stored] = rows(folder, "SELECT * FROM runs");
  assert.deepEqual([stored!.seed, stored!.input], [4_000_000_000, "rtsp://me:***@host/1"]);
  assert.deepEqual(parsed(stored!.summary), JSON.parse(JSON.stringify(summary)));
}

Deno.test("sqlite: runs and sources are added to it, and told apart", async () => {
  await using folder = new Folder();
  for (const _ of [1, 2]) {
    const shared = await open(folder);
    for (const source of ["door", "yard"]) {
      const writer = await shared.of(run(folder, source));
      const { results } = sceneResults(source, 10);
      await writer.write(results.flatMap((one) => writer.itemOf(one) ?? []));
      await writer.close(summary);
    }
    await shared.close();
  }
  assert.deepEqual(
    rows(
      folder,
      `SELECT runs.id AS run, name, count(*) AS frames FROM frames JOIN runs ON runs.id = run_id
       JOIN sources ON sources.id = source_id GROUP BY run_id ORDER BY run_id`,
    ),
    ["door", "yard", "door", "yard"].map((name, i) => ({ run: i + 1, name, frames: 10 })),
  );
  assert.deepEqual(rows(folder, "SELECT count(*) AS n FROM sources"), [{ n: 2 }]);
});

Deno.test("sqlite: it may be for events alone, or for frames", async () => {
  for (const [what, frames, notes] of [["frames", 80, 0], ["events", 0, 1]] as const) {
    await using folder = new Folder();
    const shared = await open(folder, new Set([what]));
    const writer = await shared.of(run(folder));
    await writer.write(sceneResults().results.flatMap((one) => writer.itemOf(one) ?? []));
    await writer.close(summary);
    await shared.close();
    assert.equal(rows(folder, "SELECT * FROM frames").length, frames);
    assert.equal(rows(folder, "SELECT * FROM notes").length > 0, notes === 1);
  }
});

Deno.test("sqlite: a file that is another's, or has other tables, is refused and stays as it is", async () => {
  await using folder = new Folder();
  const refusedAs = async (why: RegExp) => {
    const before = Deno.readFileSync(folder.file("seen.sqlite"));
    assert.match(await refused(() => open(folder), "failed_precondition"), why);
    assert.deepEqual(Deno.readFileSync(folder.file("seen.sqlite")), before);
  };
  folder.write("seen.sqlite", "results of mine".repeat(20));
  await refusedAs(/it is no SQLite database; a file that a sink of kind sqlite wrote, or a new/);
  Deno.removeSync(folder.file("seen.sqlite"));
  using other = new DatabaseSync(folder.file("seen.sqlite"));
  other.exec("CREATE TABLE mine (x)");
  await refusedAs(/it is another program's database/);
  other.exec(`PRAGMA application_id = ${0x534d4559}; PRAGMA user_version = 2`);
  await refusedAs(/its tables are of version 2; version 1 or a new file is wanted/);
});

Deno.test("sqlite: who reads while it is written waits for nobody, nor does the writer", async () => {
  await using folder = new Folder();
  const shared = await open(folder);
  const writer = await shared.of(run(folder));
  const items = sceneResults().results.flatMap((one) => writer.itemOf(one) ?? []);
  await writer.write(items.slice(0, 40));
  using reader = openToRead(folder.file("seen.sqlite"));
  reader.exec("BEGIN");
  const count = () => ({ ...reader.prepare("SELECT count(*) AS n FROM frames").get() });
  assert.deepEqual(count(), { n: 40 });
  await writer.write(items.slice(40));
  assert.deepEqual(count(), { n: 40 }, "as it was when it began to read");
  reader.exec("COMMIT");
  assert.deepEqual(count(), { n: 80 });
  await writer.close(summary);
  await shared.close();
});

testOnSmallDisk("sqlite: a disk that was full has everything once in the end", async (disk) => {
  const shared = await open(disk);
  const writer = await shared.of(run(disk));
  const { results } = sceneResults("door", 400);
  const items = results.flatMap((one) => writer.itemOf(one) ?? []);
  await writer.write(items.slice(0, 20));
  await disk.fill();
  const lost = await refused(() => writer.write(items.slice(20)), "failed_precondition");
  assert.match(lost, /Cannot write ".*seen\.sqlite": .*full/);
  assert.equal(rows(disk, "SELECT * FROM frames").length, 20, "all of it or nothing");
  await Deno.remove(disk.file("filler"));
  await writer.write(items.slice(20));
  await writer.close(summary);
  await shared.close();
  assert.equal(rows(disk, "SELECT * FROM frames").length, 400);
  assert.deepEqual(rows(disk, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
}, 4 << 20);

Deno.test("sqlite: a file that goes away is told, and ends no run", async () => {
  await using folder = new Folder();
  const shared = await open(folder);
  const writer = await shared.of(run(folder));
  const sink = new AddedSink(writer, {
    ...{ name: "x", queueLengthMax: 64, waits: true, clock: systemClock },
  });
  await sink.write(result(1));
  for (const name of folder.names()) Deno.removeSync(folder.file(name));
  await sink.close(summary);
  assert.deepEqual(sink.tally, { name: "x", written: 0, dropped: 0, failed: 1 });
  await shared.close();
});

Deno.test("docs/sqlite.md tells every table and column, and no other", async () => {
  await using folder = new Folder();
  await (await open(folder)).close();
  const docs = Deno.readTextFileSync(new URL("../../../../docs/sqlite.md", import.meta.url));
  const tables = rows(folder, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  const documented = docs.split(/\n### /).slice(1);
  assert.deepEqual(
    documented.map((part) => part.split("\n")[0]).sort(),
    tables.map(({ name }) => name),
  );
  for (const part of documented) {
    const [table] = part.split("\n");
    const told = [...part.matchAll(/^\| ((?:`\w+`(?:, )?)+) +\|/gm)]
      .flatMap(([, names]) => names!.split(", ").map((name) => name.replaceAll("`", "")));
    const columns = rows(folder, `SELECT name FROM pragma_table_info('${table}')`);
    assert.deepEqual(told, columns.map(({ name }) => name), String(table));
  }
  for (const [, sql] of docs.matchAll(/```sql\n([^`]+)```/g)) rows(folder, sql!);
});
