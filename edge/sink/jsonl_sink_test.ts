import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { testWithDevFull } from "../../tests/fakes/data.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { result } from "../../tests/fakes/records.ts";
import { testOnSmallDisk } from "../../tests/fakes/small_disk.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FrameLedger } from "../ledger.ts";
import type { SourceEventRecord } from "../record.ts";
import { RunStatistics } from "../statistics.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import { RUN_FACTS } from "../../tests/fakes/run_facts.ts";

const SUMMARY = new RunStatistics()
  .summary({ ...RUN_FACTS, ledger: new FrameLedger() });

const framesOf = (path: string) =>
  Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line).frame);

Deno.test("one line a frame, whatever is in it", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const sink = await JsonlSink.open(path, new FakeClock());
  const odd = result(1, undefined, { detail: 'two\nlines, "quoted", ünïcödé 🚗 \u2028' });
  await sink.write(odd);
  await sink.close();
  const text = Deno.readTextFileSync(path);
  assert.equal(text.indexOf("\n"), text.length - 1);
  assert.deepEqual(JSON.parse(text), odd.record);
});

Deno.test("a line that is written is in the file: what is killed then has lost nothing", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const clock = new FakeClock();
  const sink = await JsonlSink.open(path, clock);
  for (const frame of [1, 2, 3]) {
    await sink.write(result(frame));
    assert.equal(framesOf(path).length, frame);
  }
  await sink.close();
  assert.equal(clock.sleeping, 0, "it waits for no timer");
});

Deno.test("lines that come while the file is busy are written together, whole and in order", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const sink = await JsonlSink.open(path, new FakeClock());
  const all = Array.from({ length: 1000 }, (_, i) => i + 1);
  const sizes: number[] = [];
  const writing = all.map((frame) =>
    sink.write(result(frame)).then(() => sizes.push(Deno.statSync(path).size))
  );
  await Promise.all(writing);
  assert.ok(new Set(sizes).size < 10, `${new Set(sizes).size} writes`);
  await sink.close();
  assert.deepEqual(framesOf(path), all);
});

const STALLED: SourceEventRecord = {
  event: "source",
  source: "fake",
  state: "stalled",
  at: "2026-01-02T03:04:05.000Z",
  frame: 2,
};

Deno.test("what happened to the source stands between the frames before it and those after it", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const sink = await JsonlSink.open(path, new FakeClock());
  const writing = [
    sink.note({ ...STALLED, state: "live", frame: 0 }),
    sink.write(result(1)),
    sink.write(result(2)),
    sink.note(STALLED),
    sink.write(result(3)),
    sink.note({ ...STALLED, state: "ended", frame: 3, detail: "the camera said so" }),
  ];
  await Promise.all(writing);
  const lines = Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ event, state, frame }) => event ? state : frame), [
    ...["live", 1, 2, "stalled", 3, "ended"],
  ]);
  assert.deepEqual(lines[3], STALLED);
  await sink.close();
});

Deno.test("a file that was there is started anew", async () => {
  await using folder = new Folder();
  const path = folder.write("results.jsonl", "an older and much longer run\n".repeat(100));
  const sink = await JsonlSink.open(path, new FakeClock());
  await sink.write(result(1));
  await sink.close();
  assert.deepEqual(framesOf(path), [1]);
});

Deno.test("what an earlier run left stays until there is a run", async () => {
  await using folder = new Folder();
  const path = folder.write("results.jsonl", "an older run\n");
  const unused = await JsonlSink.open(path, new FakeClock());
  await unused.close();
  assert.equal(Deno.readTextFileSync(path), "an older run\n");

  const empty = await JsonlSink.open(path, new FakeClock());
  await empty.close(SUMMARY);
  assert.equal(Deno.readTextFileSync(path), "", "a run without frames is a run");
});

Deno.test("a place that cannot be written is said before the run", async () => {
  await using folder = new Folder();
  const path = folder.file("nowhere/results.jsonl");
  const message = await refused(JsonlSink.open(path, new FakeClock()), "failed_precondition");
  assert.ok(message.startsWith(`Cannot write "${path}": `), message);
});

testWithDevFull(
  "a disk that is full is said by what could not be written, then by all else",
  async () => {
    const full = /^Cannot write "\/dev\/full": .*No space left/;
    const code = "failed_precondition";
    const frames = await JsonlSink.open("/dev/full", new FakeClock());
    const [one, two] = [frames.write(result(1)), frames.write(result(2))];
    assert.match(await refused(one, code), full);
    await refused(two, code);
    await refused(frames.write(result(3)), code);
    await refused(frames.flush(), code);
    await frames.close(SUMMARY); // it was told before

    const notes = await JsonlSink.open("/dev/full", new FakeClock());
    assert.match(await refused(notes.note(STALLED), code), full);
    await refused(notes.write(result(1)), code);
    await notes.close();

    const closing = await JsonlSink.open("/dev/full", new FakeClock());
    const written = closing.write(result(1));
    await Promise.all([refused(closing.close(), code), refused(written, code)]);
  },
);

testOnSmallDisk("on a disk that is filled up, the file ends with a whole line", async (disk) => {
  const path = disk.file("results.jsonl");
  const sink = await JsonlSink.open(path, new FakeClock());
  await disk.fill("filler", 30_000);
  const frames = Array.from({ length: 200 }, (_, i) => i + 1);
  const writing = frames.map((frame) => sink.write(result(frame)));
  const failed = (await Promise.allSettled(writing)).filter(({ status }) => status === "rejected");
  assert.ok(failed.length > 0, "the disk is full");
  await Deno.remove(disk.file("filler"));
  await refused(sink.write(result(201)), "failed_precondition"); // none is missing between two
  await sink.close();
  assert.ok(Deno.readTextFileSync(path).endsWith("\n"));
  const kept = framesOf(path);
  assert.ok(kept.length > 20, `${kept.length} lines`);
  assert.deepEqual(kept, frames.slice(0, kept.length));
});

Deno.test("a file that is removed while the run goes on is noticed", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const clock = new FakeClock();
  const sink = await JsonlSink.open(path, clock);
  await sink.write(result(1));
  await Deno.remove(path);
  await clock.advance(1000);
  const message = await refused(sink.write(result(2)), "failed_precondition");
  assert.match(message, /results\.jsonl": it was removed/);
  await sink.close();
});

Deno.test("a file that takes nothing does not gather notes for ever", async () => {
  await using folder = new Folder();
  const sink = await JsonlSink.open(folder.file("results.jsonl"), new FakeClock());
  const detail = "x".repeat(100_000);
  const notes = Array.from({ length: 20 }, () => sink.note({ ...STALLED, detail }));
  const refusals = (await Promise.allSettled(notes)).filter(({ status }) => status === "rejected");
  assert.ok(refusals.length > 5 && refusals.length < 15, `${refusals.length} refused`);
  await sink.close();
});
