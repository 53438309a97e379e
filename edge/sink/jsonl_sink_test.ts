import assert from "node:assert/strict";
import { pickIndex, seededRng } from "../../core/rng.ts";
import { testWithDevFull } from "../../tests/fakes/data.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { record } from "../../tests/fakes/records.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { JsonlSink } from "./jsonl_sink.ts";

const framesOf = (path: string) =>
  Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line).frame);

Deno.test("a record is held back until every earlier frame has one", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const sink = await JsonlSink.open(path);
  const written: number[][] = [];
  for (const frame of [2, 3, 1, 5, 4]) {
    await sink.write(record(frame));
    await sink.flush();
    written.push(framesOf(path));
  }
  await sink.close();
  assert.deepEqual(written, [[], [], [1, 2, 3], [1, 2, 3], [1, 2, 3, 4, 5]]);
});

Deno.test("one line a frame, whatever is in it", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const sink = await JsonlSink.open(path);
  const odd = { ...record(1), detail: 'two\nlines, "quoted", ünïcödé 🚗 \u2028' };
  await sink.write(odd);
  await sink.close();
  const text = Deno.readTextFileSync(path);
  assert.equal(text.indexOf("\n"), text.length - 1);
  assert.deepEqual(JSON.parse(text), odd);
});

Deno.test("simulation: any order of results, many at once, gives the order of capture", async () => {
  await using folder = new Folder();
  for (let seed = 0; seed < 10; seed++) {
    const rng = seededRng(seed);
    const path = folder.file(`${seed}.jsonl`);
    const sink = await JsonlSink.open(path);
    const waiting = Array.from({ length: 1000 }, (_, i) => i + 1);
    const writing: Promise<void>[] = [];
    while (waiting.length > 0) {
      const [frame] = waiting.splice(pickIndex(rng, Math.min(8, waiting.length)), 1);
      writing.push(sink.write(record(frame!)));
      if (rng() < 0.01) writing.push(sink.flush());
    }
    await Promise.all(writing);
    await sink.close();
    assert.deepEqual(framesOf(path), Array.from({ length: 1000 }, (_, i) => i + 1), `seed ${seed}`);
  }
});

Deno.test("a file that was there is started anew", async () => {
  await using folder = new Folder();
  const path = folder.write("results.jsonl", "an older and much longer run\n".repeat(100));
  const sink = await JsonlSink.open(path);
  await sink.write(record(1));
  await sink.close();
  assert.deepEqual(framesOf(path), [1]);
});

Deno.test("a place that cannot be written is told before the run", async () => {
  await using folder = new Folder();
  const path = folder.file("nowhere/results.jsonl");
  const message = await refused(JsonlSink.open(path), "failed_precondition");
  assert.ok(message.startsWith(`Cannot write "${path}": `), message);
});

testWithDevFull("a disk that is full is told, by whatever comes next", async () => {
  const full = /^Cannot write "\/dev\/full": .*No space left/;
  const closing = await JsonlSink.open("/dev/full");
  await closing.write(record(1));
  assert.match(await refused(closing.close(), "failed_precondition"), full);
  const filling = await JsonlSink.open("/dev/full");
  const writing = async () => {
    for (let frame = 1; frame < 1000; frame++) await filling.write(record(frame));
  };
  assert.match(await refused(writing(), "failed_precondition"), full);
  assert.match(await refused(filling.close(), "failed_precondition"), full);
});
