/** Events of a run for a page: those that are remembered, and older ones out of its files. */

import assert from "node:assert/strict";
import { ended } from "../../tests/fakes/events.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { lastLinesOf } from "./event_files.ts";
import { EventMemory } from "./event_memory.ts";

Deno.test("events that are remembered no more are read from the run's files", async () => {
  await using folder = new Folder();
  const events = new EventMemory(folder.path);
  const lines: string[] = [];
  for (let n = 0; n < 2100; n++) {
    events.note({ ...ended(n), event: "open" });
    events.note(ended(n));
    const rules = n === 5 ? { rules: ["night"] } : {};
    lines.push(JSON.stringify(ended(n, { label: n < 10 ? "bird" : "car", ...rules })));
  }
  const write = (name: string, some: readonly string[]) =>
    folder.write(name, some.join("\n") + "\n");
  write("events.jsonl", lines);
  const hold = async () => {
    const { events: birds, isCut } = await events.find({ label: "bird" }, 50);
    assert.deepEqual([birds.length, isCut], [10, false]);
    assert.equal(birds[0]!.startedAt, ended(9).started_at, "the newest first");
    const all = (await events.find({}, 2050)).events.map(({ startedAt }) => startedAt);
    assert.equal(all.length, 2050);
    assert.deepEqual(all, all.toSorted().reverse());
    const { events: alerts } = await events.find({ rule: "night" }, 50);
    assert.deepEqual(alerts.map(({ id }) => id), [ended(5).id]);
  };
  await hold();
  write("events_20260131T120005500Z.jsonl", lines.slice(0, 6)); // retention cut the file twice
  write("events_20260131T120059500Z.jsonl", lines.slice(6, 60));
  write("events.jsonl", lines.slice(60));
  await hold();
});

Deno.test("of a file that is too long the end is looked through, by whole lines", async () => {
  await using folder = new Folder();
  const path = folder.write("events.jsonl", "one\ntwo\nthree\nhalf a");
  const linesOf = (bytesMax: number) =>
    Array.fromAsync(lastLinesOf({ path, endedAt: "9", bytes: 20 }, bytesMax));
  assert.deepEqual(await linesOf(100), ["one", "two", "three"]);
  assert.deepEqual(await linesOf(20), ["one", "two", "three"]);
  assert.deepEqual(await linesOf(16), ["two", "three"]);
  assert.deepEqual(await linesOf(15), ["three"]);
  Deno.removeSync(path);
  assert.deepEqual(await linesOf(100), [], "it went");
});
