/** Sinks of a real edge: killed, and shared by several sources. */

import assert from "node:assert/strict";
import { openToRead } from "../edge/sink/added/sqlite/open_database.ts";
import type { Summary } from "../edge/statistics.ts";
import { Folder } from "./fakes/folder.ts";
import { timesIn } from "./fakes/shown_video.ts";
import { EdgeRun, holdWhole } from "./rigs/edge_run.ts";
import { ffprobe } from "./rigs/ffprobe.ts";

const street = (frames: number, seed = 1) =>
  `synthetic:?width=160&height=120&fps=20&frames=${frames}&seed=${seed}`;

/** What a question to a database gives, as plain rows. */
function rows(path: string, sql: string): Record<string, unknown>[] {
  using database = openToRead(path);
  return database.prepare(sql).all().map((row) => ({ ...row }));
}

Deno.test("killed in the middle, a database is whole, and other sinks have what they had", async () => {
  await using folder = new Folder();
  const [path, lines] = [folder.file("seen.sqlite"), folder.file("lines.jsonl")];
  const sinks = ["--sink", `sqlite:${path}`, "--sink", "coco", "--sink", "mot", "--sink", "video"];
  const args = ["-f", street(5000), "--realtime", ...sinks, "--sink", `jsonl:${lines}`];
  await using killed = new EdgeRun(...args);
  const stored = await killed.until("40 frames", ({ records }) => records.length >= 40);
  killed.program.kill("SIGKILL");
  await killed.program.ran();
  assert.deepEqual(rows(path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  const frames = rows(path, "SELECT frame FROM frames ORDER BY id").map(({ frame }) => frame);
  assert.deepEqual(frames, frames.map((_, i) => i + 1), "no gaps");
  assert.ok(frames.length >= 20, `${frames.length} of ${stored.records.length} frames`);
  assert.deepEqual(rows(path, "SELECT ended_ms FROM runs"), [{ ended_ms: null }]);
  const names = [...Deno.readDirSync(killed.directory)].map(({ name }) => name);
  for (const name of ["coco_images.json.part", "coco_results.json.part", "mot.txt"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(!names.includes("coco_results.json"), "what is not whole has not its name");
  const [last] = Deno.readTextFileSync(`${killed.directory}/mot.txt`).split("\n").slice(-1);
  assert.equal(last, "", "whole lines");
  const times = await timesIn(`${killed.directory}/video.mp4`);
  assert.ok(times.length >= 10, `${times.length} pictures`); // a camera waits for nobody
  for (const ms of times) assert.equal(ms % 50, 0, "each plays, in its own time");
  const others = await ffprobe(`${killed.directory}/video.mp4`);
  if (others) assert.deepEqual(others.map((time) => Math.round(time * 1000)), times);
  else console.log("skipped: there is no ffprobe");
  const written = Deno.readTextFileSync(lines).split("\n");
  assert.equal(written.pop(), "", "whole lines");
  assert.ok(written.length >= 20 && written.every((line) => JSON.parse(line)));

  await using next = new EdgeRun("-f", street(30), "--sink", `sqlite:${path}`);
  const { code, stderr } = await next.program.ran();
  assert.equal(code, 0, stderr);
  assert.deepEqual(holdWhole(next.stored()).sinks.sqlite!.failed, 0);
  assert.deepEqual(
    rows(path, "SELECT count(*) AS frames FROM frames WHERE run_id = 2"),
    [{ frames: 30 }],
  );
});

Deno.test("several sources share a database, and each has files of its own", async () => {
  await using run = new EdgeRun(
    ...["-f", street(30, 1), "-f", street(40, 2)],
    ...["--sink", "sqlite", "--sink", "mot"],
  );
  const { code, stdout, stderr } = await run.program.ran();
  assert.equal(code, 0, stderr);
  const frames = rows(
    `${run.directory}/results.sqlite`,
    `SELECT name, count(*) AS frames FROM frames JOIN runs ON runs.id = run_id
     JOIN sources ON sources.id = source_id GROUP BY name ORDER BY name`,
  );
  assert.deepEqual(frames, [{ name: "street", frames: 30 }, { name: "street_2", frames: 40 }]);
  const summaries: Record<string, Summary> = JSON.parse(stdout).sources;
  for (const [name, { sinks }] of Object.entries(summaries)) {
    const { written, dropped, failed } = sinks.sqlite!;
    assert.ok(written >= 30, name);
    assert.deepEqual([dropped, failed], [0, 0]);
    assert.ok(Deno.statSync(`${run.directory}/${name}/mot.txt`).isFile);
  }
});

Deno.test("a video has the frames of results.jsonl of which something is known, and their times", async () => {
  await using run = new EdgeRun("-f", street(60, 3), "--filter", "motion", "--sink", "video");
  const { code, stderr } = await run.program.ran();
  assert.equal(code, 0, stderr);
  const stored = run.stored();
  const known = stored.records.filter(({ detections }) => detections);
  assert.ok(known.length >= 40, `${known.length} frames`);
  const from = known[0]!.pts_ms;
  assert.deepEqual(
    await timesIn(`${run.directory}/video.mp4`),
    known.map(({ pts_ms }) => Math.round((pts_ms - from) * 100) / 100),
  );
  assert.deepEqual(
    holdWhole(stored).sinks.video,
    { written: known.length, dropped: 0, failed: 0 },
  );
});
