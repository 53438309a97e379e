import assert from "node:assert/strict";
import { FakeClock, idle } from "../../../core/fake_clock.ts";
import { result } from "../../../tests/fakes/records.ts";
import { FakeRun } from "../../../tests/fakes/run.ts";
import { FakeWriter, type WriterScript } from "../../../tests/fakes/sink_writer.ts";
import { AddedSink } from "./added_sink.ts";
import type { SinkWriter } from "./writer.ts";

const OF = { name: "x", waits: true };

/** Nothing happens but frames. */
const options = { track: false };

function made(script: WriterScript, queueLengthMax = 64, clock = new FakeClock()) {
  const writer = new FakeWriter(script, clock);
  return { clock, writer, sink: new AddedSink(writer, { ...OF, queueLengthMax, clock }) };
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

Deno.test("what is given is written together, in order, and counted", async () => {
  const { clock, writer, sink } = made({});
  for (const frame of upTo(40)) await sink.write(result(frame));
  assert.deepEqual(writer.triedMs, [], "it is gathered first");
  await clock.advance(1000);
  assert.deepEqual(writer.written, upTo(40));
  assert.equal(writer.triedMs.length, 1);
  await sink.write(result(41));
  await clock.until(sink.close());
  assert.deepEqual(writer.written.at(-1), 41);
  assert.deepEqual(sink.tally, { name: "x", written: 41, dropped: 0, failed: 0 });
  await clock.until(sink.close());
  assert.equal(writer.closed, 1);
});

Deno.test("a run is as fast with a sink that takes 5 s a record, and loses nothing of its own", async () => {
  const script = { source: { frames: 300, everyMs: 40, live: true }, options };
  const alone = await new FakeRun(script).end();
  const run = new FakeRun(script);
  const writer = new FakeWriter({ itemMs: 5000 }, run.clock);
  const sink = new AddedSink(writer, {
    ...OF,
    name: "slow",
    waits: false,
    queueLengthMax: 8,
    clock: run.clock,
  });
  const both = new FakeRun(script, 1, run.fake, [sink]);
  const { summary, failure } = await both.end();
  assert.equal(failure, undefined);
  assert.deepEqual(summary.frames, alone.summary.frames);
  assert.deepEqual(summary.latency_ms, alone.summary.latency_ms);
  assert.ok(summary.wall_s < alone.summary.wall_s + 15, "and ends some seconds after its own end");
  const { written, dropped, failed } = summary.sinks.slow!;
  assert.equal(written + dropped + failed, 301, "frames, and that the source ended");
  assert.ok(dropped > 200 && failed > 0, JSON.stringify(summary.sinks));
  assert.deepEqual(both.records.map(({ frame }) => frame), upTo(300));
});

Deno.test("a file is read as fast as a healthy sink writes, and nothing is lost", async () => {
  const run = new FakeRun({ source: { frames: 500 } });
  const writer = new FakeWriter({ itemMs: 50 }, run.clock);
  const sink = new AddedSink(writer, { ...OF, name: "disk", queueLengthMax: 16, clock: run.clock });
  const { summary } = await new FakeRun(
    { source: { frames: 500 }, options },
    1,
    run.fake,
    [sink],
  ).end();
  assert.deepEqual(summary.sinks.disk, { written: 500, dropped: 0, failed: 0 });
  assert.deepEqual(writer.written, upTo(500));
  assert.ok(summary.wall_s > 500 * 0.05 * 0.9, "the run waited for it");
});

Deno.test("a sink that cannot write holds nothing up, tries again ever later, and recovers", async () => {
  let hasRoom = false;
  const { clock, writer, sink } = made({
    fails: () => hasRoom ? undefined : "failed_precondition",
  }, 10);
  for (const frame of upTo(10)) await sink.write(result(frame));
  await clock.advance(200_000);
  const gaps = writer.triedMs.slice(1).map((at, i) => (at - writer.triedMs[i]!) / 1000);
  assert.deepEqual(gaps, [1, 2, 4, 8, 16, 32, 60, 60]);
  for (let frame = 11; frame <= 30; frame++) await sink.write(result(frame));
  assert.deepEqual(sink.tally, { name: "x", written: 0, dropped: 10, failed: 0 });
  hasRoom = true;
  await clock.advance(60_000);
  assert.deepEqual(writer.written, upTo(20), "what waited is there, in order");
  await sink.write(result(31));
  await clock.until(sink.close());
  assert.deepEqual(sink.tally, { name: "x", written: 21, dropped: 10, failed: 0 });
});

Deno.test("a sink that knows when another try helps is not kept waiting for it", async () => {
  const { promise: back, resolve } = Promise.withResolvers<void>();
  let isThere = false;
  const { clock, writer, sink } = made({
    fails: () => isThere ? undefined : "failed_precondition",
    back,
  });
  await sink.write(result(1));
  await clock.advance(20_000);
  const tries = writer.triedMs.length;
  isThere = true;
  resolve();
  await clock.advance(0);
  assert.deepEqual([writer.triedMs.length, writer.written], [tries + 1, [1]]);
  await clock.until(sink.close());
});

Deno.test("what can never be written is given up at once, and what comes after it is not", async () => {
  let isWrong = true;
  const { clock, writer, sink } = made({ fails: () => isWrong ? "invalid_argument" : undefined });
  await sink.write(result(1));
  await clock.advance(300);
  isWrong = false;
  await sink.write(result(2));
  await clock.until(sink.close());
  assert.deepEqual(writer.written, [2]);
  assert.deepEqual(sink.tally, { name: "x", written: 1, dropped: 0, failed: 1 });
});

for (
  const [what, script] of [
    ["fails", { fails: () => "failed_precondition" }],
    ["hangs", { hangs: true }],
    ["cannot end", { fails: () => "failed_precondition", closeFails: true }],
  ] as const satisfies readonly (readonly [string, WriterScript])[]
) {
  Deno.test(`a run ends although a sink ${what}: what that has not is counted`, async () => {
    const run = new FakeRun({ source: { frames: 50 } });
    const writer = new FakeWriter(script, run.clock);
    const sink = new AddedSink(writer, { ...OF, queueLengthMax: 8, clock: run.clock });
    const { summary, failure } = await new FakeRun(
      { source: { frames: 50 }, options },
      1,
      run.fake,
      [sink],
    ).end();
    assert.equal(failure, undefined);
    const { written, dropped, failed } = summary.sinks.x!;
    assert.equal(written, 0);
    assert.equal(dropped + failed, 50);
    assert.ok(failed >= 8 && dropped > 0, JSON.stringify(summary.sinks));
    assert.ok(summary.wall_s < 15);
    assert.equal(writer.closed, 1);
  });
}

Deno.test("what waits for room is let go when the sink turns out slow", async () => {
  const { clock, sink } = made({ hangs: true }, 2);
  const writing = upTo(6).map((frame) => sink.write(result(frame)));
  await clock.advance(1000);
  let isThrough = false;
  void Promise.all(writing).then(() => isThrough = true);
  await idle();
  assert.ok(!isThrough, "it may still do well");
  await clock.advance(1500);
  assert.ok(isThrough);
  assert.ok(sink.tally.dropped > 0);
});

/** Takes of pictures what it is let take, and writes it when it is told to. */
function pictured(waits: boolean, queueLengthMax: number) {
  const clock = new FakeClock();
  const taking = new Map<number, PromiseWithResolvers<number>>();
  const written: (readonly number[])[] = [];
  const writing: (() => void)[] = [];
  const writer: SinkWriter<number> = {
    description: "pictures",
    needsPicture: ({ outcome }) => outcome === "local",
    itemOf: () => undefined,
    itemOfPicture({ frame: { index } }) {
      const taken = Promise.withResolvers<number>();
      taking.set(index, taken);
      return taken.promise;
    },
    async write(items) {
      await new Promise<void>((done) => writing.push(done));
      written.push(items);
    },
    close: () => Promise.resolve(),
  };
  const sink = new AddedSink(writer, { name: "x", waits, queueLengthMax, clock });
  const take = (frame: number) => taking.get(frame)!.resolve(frame);
  return { clock, sink, taking, take, written, writing };
}

Deno.test("a picture is open until what is needed of it was taken, and no longer", async () => {
  const { sink, take, written, writing } = pictured(true, 4);
  assert.ok(!sink.needsPicture({ outcome: "dropped", detail: "late" }, 1));
  assert.ok(sink.needsPicture(result(1).ending, 1));
  let isClosed = false;
  const done = sink.write(result(1)).then(() => isClosed = true);
  await idle();
  assert.ok(!isClosed);
  take(1);
  await done;
  await idle();
  assert.deepEqual(written, [], "it is not written yet, and the picture is closed all the same");
  writing.shift()!();
  await idle();
  assert.deepEqual([written, sink.tally.written], [[[1]], 1], "nothing is gathered");
});

Deno.test("live: where there is no room nothing is taken of a picture, and nobody waits", async () => {
  for (const [queueLengthMax, room] of [[2, 3], [64, 8]] as const) {
    const { sink, taking, take } = pictured(false, queueLengthMax);
    assert.ok(sink.atOnce > 8, "none is held back before it");
    const writes = upTo(12).map((frame) => sink.write(result(frame)));
    await Promise.all(writes.slice(room)); // at once
    assert.deepEqual([...taking.keys()], upTo(room), "one is being written, the others wait");
    assert.equal(sink.tally.dropped, 12 - room);
    for (const frame of upTo(room)) take(frame);
    await Promise.all(writes);
    const last = sink.write(result(13));
    if (taking.has(13)) take(13);
    await last;
    assert.equal(taking.size, queueLengthMax < room ? room : room + 1);
  }
});

Deno.test("a picture that nothing can be taken of is lost, and what comes after it is not", async () => {
  const { sink, taking, take, written, writing } = pictured(true, 4);
  const writes = [sink.write(result(1))];
  taking.get(1)!.reject(new Error("torn"));
  await Promise.all(writes);
  await idle();
  const after = sink.write(result(2));
  take(2);
  await after;
  await idle();
  writing.shift()!();
  await idle();
  assert.deepEqual(written, [[2]]);
  assert.deepEqual(sink.tally, { name: "x", written: 1, dropped: 0, failed: 1 });
});
