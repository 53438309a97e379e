/** Parts of a run's lines: nothing is lost where one ends, and readers see all of them. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { findEvents } from "../../cli/events/query.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { partName, partsOf, runFileOf } from "../run_files.ts";
import { LineFile } from "./line_file.ts";

const linesIn = (path: string) =>
  Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");

Deno.test("a part ends when it is large or old enough, and no line is lost or torn", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const path = folder.file("results.jsonl");
  const file = await LineFile.open(path, { clock, parts: { bytesMax: 100, spanMs: 60_000 } });
  const write = async (from: number, to: number) => {
    for (let n = from; n <= to; n++) {
      clock.jump(10);
      await file.append({ frame: n, text: "x".repeat(20) });
    }
  };
  await write(1, 10);
  clock.jump(60_000);
  await write(11, 11);
  await file.close(true);
  const parts = partsOf("results.jsonl", folder.names());
  assert.equal(parts.length, 4);
  assert.ok(parts.every((name) => runFileOf(name) === "line_part"));
  const lines = [...parts, "results.jsonl"].map((name) => linesIn(folder.file(name)));
  assert.deepEqual(lines.map(({ length }) => length), [3, 3, 3, 1, 1]);
  assert.deepEqual(lines.flat().map((line) => JSON.parse(line).frame), [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  ]);
});

Deno.test("where no part can be made, the file goes on as it is", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const path = folder.file("results.jsonl");
  const file = await LineFile.open(path, { clock, parts: { bytesMax: 1, spanMs: 1e9 } });
  Deno.mkdirSync(partName(path, clock.epochMs())); // its name is taken
  for (const frame of [1, 2, 3]) await file.append({ frame });
  await file.close(true);
  assert.equal(linesIn(path).length, 3);
});

Deno.test("events are found in all parts", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const path = folder.file("events.jsonl");
  const file = await LineFile.open(path, { clock, parts: { bytesMax: 1, spanMs: 1e9 } });
  const at = "2026-01-02T03:04:05.000Z";
  for (let n = 1; n <= 3; n++) {
    clock.jump(10);
    const best = { score: 0.9 };
    const state = { id: `e${n}`, source: "door", label: "person", track_id: n, best };
    await file.append({ event: "open", ...state, started_at: at, at });
  }
  await file.close(true);
  assert.equal(partsOf("events.jsonl", folder.names()).length, 2);
  const { events } = await findEvents(folder.path, { limit: 9 });
  assert.deepEqual(events.map(({ id }) => id).sort(), ["e1", "e2", "e3"]);
});
