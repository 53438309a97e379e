import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { testWithDevFull } from "../../tests/fakes/data.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { result } from "../../tests/fakes/records.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FrameLedger } from "../ledger.ts";
import { RunStatistics } from "../statistics.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import { RUN_FACTS } from "../../tests/fakes/run_facts.ts";

const SUMMARY = new RunStatistics()
  .summary({ ...RUN_FACTS, ledger: new FrameLedger() });

const framesOf = (path: string) =>
  Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line).frame);

/** Waits for what is done off this thread. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 500; tries++) await systemClock.sleep(2);
  assert.ok(holds(), "it came to pass within a second");
}

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

Deno.test("a run can be followed: a line is written within a second, also if nothing more comes", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const clock = new FakeClock();
  const sink = await JsonlSink.open(path, clock);
  const size = () => Deno.statSync(path).size;
  for (const frame of [1, 3, 5]) {
    await sink.write(result(frame));
    await clock.advance(500);
    await sink.write(result(frame + 1));
    await clock.advance(499);
    assert.equal(framesOf(path).length, frame - 1, "gathered for a second");
    const before = size();
    await clock.advance(1);
    await eventually(() => size() > before);
  }
  await sink.close();
  assert.deepEqual(framesOf(path), [1, 2, 3, 4, 5, 6]);
  assert.equal(clock.sleeping, 0, "no timer is left");
});

Deno.test("many lines are written before a second is over, whole and in order", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const sink = await JsonlSink.open(path, new FakeClock());
  const all = Array.from({ length: 1000 }, (_, i) => i + 1);
  for (const frame of all) await sink.write(result(frame));
  assert.ok(framesOf(path).length > 500, "in chunks");
  await sink.close();
  assert.deepEqual(framesOf(path), all);
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

testWithDevFull("a disk that is full is said, by whatever comes next", async () => {
  const full = /^Cannot write "\/dev\/full": .*No space left/;
  const closing = await JsonlSink.open("/dev/full", new FakeClock());
  await closing.write(result(1));
  assert.match(await refused(closing.close(), "failed_precondition"), full);

  const filling = await JsonlSink.open("/dev/full", new FakeClock());
  const writing = async () => {
    for (let frame = 1; frame < 1000; frame++) await filling.write(result(frame));
  };
  assert.match(await refused(writing(), "failed_precondition"), full);
  assert.match(await refused(filling.close(), "failed_precondition"), full);

  const clock = new FakeClock();
  const slow = await JsonlSink.open("/dev/full", clock);
  await slow.write(result(1));
  await clock.advance(1000);
  let failure: unknown;
  for (let tries = 0; !failure && tries < 500; tries++) {
    await systemClock.sleep(2);
    await slow.write(result(2)).catch((error) => failure = error);
  }
  assert.match(await refused(() => Promise.reject(failure), "failed_precondition"), full);
  await refused(slow.close(), "failed_precondition");
});
