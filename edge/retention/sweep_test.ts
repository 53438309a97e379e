/** Sweeps of real directories. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Folder } from "../../tests/fakes/folder.ts";
import { record } from "../../tests/fakes/records.ts";
import { testOnSmallDisk } from "../../tests/fakes/small_disk.ts";
import { takePlace } from "../results_place.ts";
import type { Root } from "./inventory.ts";
import { sweep, type SweepRequest } from "./sweep.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;

const LINE = JSON.stringify(record(1)) + "\n";
const EVENT = '{"event":"open","id":"20260131T164501040Z-door-4","source":"door"}\n';
const SUMMARY = '{\n  "source": "door",\n  "input": "a.mp4",\n  "policy": "p"\n}\n';
const SNAPSHOT = "events/20260131T164501040Z-door-4.jpg";

/** Writes files, each with what it holds and how many hours ago that was. */
function write(directory: string, files: Readonly<Record<string, readonly [string, number]>>) {
  for (const [name, [text, hours]] of Object.entries(files)) {
    const path = join(directory, name);
    Deno.mkdirSync(join(path, ".."), { recursive: true });
    Deno.writeTextFileSync(path, text);
    const at = new Date(NOW - hours * HOUR);
    Deno.utimeSync(path, at, at);
  }
}

const TEN = "0123456789";

/** A run that ended some hours ago: two frames before, an event. */
function ended(directory: string, hours: number) {
  write(directory, {
    "frame_000001.jpg": [TEN, hours + 2],
    "frame_000002.jpg": [TEN, hours + 1],
    "results.jsonl": [LINE, hours],
    "events.jsonl": [EVENT, hours],
    [SNAPSHOT]: [TEN, hours + 1],
    "summary.json": [SUMMARY, hours],
  });
}

/** All files below, and directories that are empty with a slash. */
function filesIn(directory: string): string[] {
  const found: string[] = [];
  const walk = (path: string, name: string) => {
    const entries = [...Deno.readDirSync(path)];
    if (entries.length === 0) found.push(`${name}/`);
    for (const one of entries) {
      const below = name === "" ? one.name : `${name}/${one.name}`;
      if (one.isDirectory) walk(join(path, one.name), below);
      else found.push(below);
    }
  };
  walk(directory, "");
  return found.sort();
}

function swept(roots: readonly Root[], said: Partial<SweepRequest>) {
  return sweep({
    ...{ roots, own: [], limits: {}, otherBytes: 0, isDry: false },
    ...{ nowMs: NOW, startedMs: NOW - HOUR, ...said },
  });
}

const runs = (folder: Folder): readonly Root[] => [{ kind: "runs", directory: folder.path }];

Deno.test("a run goes the oldest first, and its directory with the last file", async () => {
  await using folder = new Folder();
  ended(folder.file("2026-01-01_door"), 100);
  ended(folder.file("2026-01-02_door"), 50);
  const all = filesIn(folder.path);
  const dry = swept(runs(folder), { limits: { ageMs: 60 * HOUR }, isDry: true });
  assert.deepEqual([filesIn(folder.path), dry.gone.age.files], [all, 6]);
  const half = swept(runs(folder), { limits: { ageMs: 101 * HOUR } });
  assert.equal(half.gone.age.files, 1);
  assert.ok(!filesIn(folder.path).includes("2026-01-01_door/frame_000001.jpg"));
  const rest = swept(runs(folder), { limits: { ageMs: 60 * HOUR } });
  assert.equal(rest.gone.age.files, 5);
  const left = all.filter((name) => name.startsWith("2026-01-02"));
  assert.deepEqual(filesIn(folder.path), left, "and nothing of the first run, not even a lock");
  assert.equal(rest.held.files, 6);
  assert.deepEqual(swept(runs(folder), { limits: { ageMs: 60 * HOUR } }).gone.age.files, 0);
});

Deno.test("events that are kept longer stay with what tells whose they are", async () => {
  await using folder = new Folder();
  ended(folder.file("run"), 100);
  swept(runs(folder), { limits: { ageMs: HOUR, eventsAgeMs: 200 * HOUR } });
  assert.deepEqual(filesIn(folder.file("run")), ["events.jsonl", SNAPSHOT, "summary.json"]);
  swept(runs(folder), { limits: { ageMs: HOUR, eventsAgeMs: 99 * HOUR } });
  assert.deepEqual(filesIn(folder.path), ["/"]);
});

Deno.test("what is not ours is never touched, wherever it lies and whatever it is called", async () => {
  await using folder = new Folder();
  await using elsewhere = new Folder();
  write(elsewhere.path, { "frame_000001.jpg": [TEN, 999], "results.jsonl": [LINE, 999] });
  ended(folder.file("run"), 100);
  write(folder.path, {
    "frame_000001.jpg": [TEN, 999], // beside runs
    "holiday/frame_000001.jpg": [TEN, 999], // nobody's run
    "holiday/results.jsonl": ["city,result\n", 999],
    "holiday/summary.json": ['{"source": 1}', 999],
    "run/notes.txt": [TEN, 999],
    "run/frame_1.jpg": [TEN, 999],
    "run/events/mine.jpg": [TEN, 999],
    "run/deep/frame_000001.jpg": [TEN, 999],
    "run/report.html": ["<p>mine</p>", 999],
  });
  Deno.symlinkSync(elsewhere.path, folder.file("linked"));
  Deno.symlinkSync(elsewhere.file("frame_000001.jpg"), folder.file("run/frame_000009.jpg"));
  const { seen, gone } = swept(runs(folder), { limits: { bytesMax: 0 } });
  assert.deepEqual(filesIn(folder.path), [
    ...["frame_000001.jpg", "holiday/frame_000001.jpg", "holiday/results.jsonl"],
    ...["holiday/summary.json", "linked", "run/deep/frame_000001.jpg", "run/events/mine.jpg"],
    ...["run/frame_000009.jpg", "run/frame_1.jpg", "run/notes.txt", "run/report.html"],
  ]);
  assert.equal(filesIn(elsewhere.path).length, 2);
  assert.equal(gone.size.files, 6);
  assert.ok(seen.foreign >= 7, `${seen.foreign}`);
});

Deno.test("of a run that goes on, another's stays whole, and of its own the latest video and lines", async () => {
  await using folder = new Folder();
  const [own, other] = [folder.file("own"), folder.file("other")];
  await using _own = await takePlace(own, false);
  const place = await takePlace(other, false);
  for (const run of [own, other]) {
    ended(run, 100);
    write(run, {
      "results_20260101T000000000Z.jsonl": [LINE, 90],
      "video.mp4": [TEN, 95],
      "video_2026-01-01_02-00-00.mp4": [TEN, 94],
      "coco_results.json.part": [TEN, 99],
    });
    Deno.removeSync(join(run, "summary.json"));
  }
  const before = filesIn(other);
  const request = { own: [own], limits: { bytesMax: 0 }, startedMs: NOW - 500 * HOUR };
  const { goneOfOwn } = swept(runs(folder), request);
  assert.deepEqual(filesIn(other), before);
  assert.deepEqual(filesIn(own), [
    ...[".smarteye.lock", "coco_results.json.part", "events.jsonl", "results.jsonl"],
    "video_2026-01-01_02-00-00.mp4",
  ]);
  assert.deepEqual(goneOfOwn, { [own]: { files: 5, bytes: 40 + LINE.length } });
  // Killed: its lock is nobody's any more.
  Deno.copyFileSync(join(other, ".smarteye.lock"), folder.file("lock"));
  await place[Symbol.asyncDispose]();
  Deno.renameSync(folder.file("lock"), join(other, ".smarteye.lock"));
  swept(runs(folder), request);
  assert.ok(!folder.names().includes("other"));
});

Deno.test("several sources of a run, with the database that they share", async () => {
  await using folder = new Folder();
  for (const name of ["door", "yard"]) ended(folder.file(`2026-01-01/${name}`), 100);
  write(folder.path, { "2026-01-01/results.sqlite": [TEN, 100] });
  assert.equal(swept(runs(folder), {}).held.files, 13);
  swept(runs(folder), { limits: { ageMs: HOUR } });
  assert.deepEqual(filesIn(folder.path), ["/"]);
});

Deno.test("files of a sink: those of the names of its sources, but the one that may be open", async () => {
  await using folder = new Folder();
  write(folder.path, {
    "door_2026-01-01_01-00-00.mp4": [TEN, 50],
    "door_2026-01-01_02-00-00.mp4": [TEN, 49],
    "door_2026-01-01_02-00-00_2.mp4": [TEN, 48],
    "yard_2026-01-01_01-00-00.mp4": [TEN, 50],
    "door_at_night.mp4": [TEN, 60],
  });
  const forms = [/^door(_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_\d+)?)?\.mp4$/];
  swept([{ kind: "files", directory: folder.path, forms }], { limits: { bytesMax: 0 } });
  assert.deepEqual(filesIn(folder.path), [
    ...["door_2026-01-01_02-00-00_2.mp4", "door_at_night.mp4", "yard_2026-01-01_01-00-00.mp4"],
  ]);
});

Deno.test("a clock that was wrong: no file of the run that goes on is older than that is", async () => {
  await using folder = new Folder();
  const own = folder.file("own");
  write(own, {
    "frame_000001.jpg": [TEN, 56 * 8760], // before the clock was put right
    "frame_000002.jpg": [TEN, -10 * 8760], // from the future
    "frame_000003.jpg": [TEN, 0.5],
  });
  const asked = { own: [own], startedMs: NOW - HOUR };
  const { seen, gone } = swept(runs(folder), { ...asked, limits: { ageMs: 2 * HOUR } });
  assert.deepEqual([gone.age.files, seen.future], [0, 1]);
  swept(runs(folder), { ...asked, limits: { bytesMax: 10 } });
  assert.deepEqual(filesIn(own), ["frame_000003.jpg"], "and the newest by what is known stays");
});

Deno.test("more than can be known at once: it is looked again, until it fits", async () => {
  await using folder = new Folder();
  ended(folder.file("run"), 1);
  for (let n = 10; n < 60; n++) {
    write(folder.file("run"), { [`frame_0000${n}.jpg`]: [TEN, 100 - n] });
  }
  const bytesMax = 900;
  const { gone, held } = swept(runs(folder), { limits: { bytesMax }, knownMax: 4 });
  assert.ok(held.bytes <= bytesMax && held.bytes > bytesMax - 10, `${held.bytes}`);
  assert.equal(gone.size.files + held.files, 56);
  const frames = filesIn(folder.file("run")).filter((name) => name.startsWith("frame"));
  const last = Array.from({ length: frames.length - 2 }, (_, i) => `frame_0000${59 - i}.jpg`);
  assert.ok(last.length > 5);
  assert.deepEqual(frames, ["frame_000001.jpg", "frame_000002.jpg", ...last.reverse()]);
});

Deno.test("what vanishes, or may not be looked into, is no error", async () => {
  await using folder = new Folder();
  const none = [{ kind: "runs", directory: folder.file("none") } as const];
  assert.equal(swept(none, { limits: { bytesMax: 0 } }).held.files, 0);
  const file = [{ kind: "runs", directory: folder.write("file", "x") } as const];
  const { seen } = swept(file, { limits: { bytesMax: 0 } });
  assert.equal(seen.refused, 1);
  assert.match(seen.why!, /directory/i);
});

testOnSmallDisk("a disk with too little room gets it, of the oldest", async (disk) => {
  const run = disk.file("run");
  const text = "x".repeat(40_000);
  ended(run, 1);
  for (let n = 10; n < 30; n++) write(run, { [`frame_0000${n}.jpg`]: [text, 100 - n] });
  await disk.fill("filler", 20_000);
  const { gone, freeBytes } = await Promise.resolve(
    swept([{ kind: "runs", directory: disk.path }], {
      ...{ limits: { ageMs: 1000 * HOUR }, keepFree: { share: 0.3 } },
    }),
  );
  assert.ok(freeBytes! >= 0.3 * disk.bytes, `${freeBytes}`);
  assert.ok(gone.free.files >= 7 && gone.free.files <= 10, `${gone.free.files}`);
  assert.ok(filesIn(run).includes("frame_000029.jpg"));
});
