/** What sinks do to a run that feeds them, and to each other. */

import assert from "node:assert/strict";
import { idle } from "../core/fake_clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import { always, ANSWER, CLOUD, FakeRun, LOCAL } from "../tests/fakes/run.ts";
import { RECORDS_MAX } from "./delivery.ts";
import { PIXELS_MAX } from "./picture_budget.ts";

const SIZE = { width: 1920, height: 1080 };
const PICTURES_MAX = PIXELS_MAX / (SIZE.width * SIZE.height);

/** A write that does not end before it is let go. */
function stuckWrite() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { write: () => promise, letGo: () => resolve() };
}

/** Frames that a sink was given. */
const framesOf = (run: FakeRun, sink = 0) => run.sinks[sink]!.records.map(({ frame }) => frame);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

Deno.test("whenever frames end, every sink gets them in order of capture, and each at its own pace", async () => {
  const run = new FakeRun({
    source: { frames: 60 },
    policy: ({ frame }) => frame.index % 7 === 3 ? CLOUD : LOCAL,
    offload: (clock) => async () => {
      await clock.sleep(700);
      return ANSWER;
    },
    sinks: [
      {},
      { atOnce: 3, pictures: true, write: (_, clock) => clock.sleep(25) },
      { overflow: "drop_newest", queueLengthMax: 1, write: (_, clock) => clock.sleep(1000) },
    ],
  });
  await run.end();
  assert.deepEqual(framesOf(run), upTo(60));
  assert.deepEqual(framesOf(run, 1), upTo(60));
  const some = framesOf(run, 2);
  assert.ok(some.length > 1 && some.length < 40, `a sink whose rule is to drop got ${some.length}`);
  assert.deepEqual(some, some.toSorted((a, b) => a - b));
});

Deno.test("a sink that is stuck holds no slot and no other sink; capture waits, its pictures bounded", async () => {
  for (const queueLengthMax of [2, 10 * PICTURES_MAX]) {
    const stuck = stuckWrite();
    const run = new FakeRun({
      source: { frames: 500, size: SIZE },
      sinks: [{}, { pictures: true, queueLengthMax, write: stuck.write }],
    });
    const ending = run.run.run();
    for (let turn = 0; turn < 2000; turn++) await idle();
    const { captured } = run.run.ledger.counts();
    assert.ok(captured >= Math.min(queueLengthMax, PICTURES_MAX) && captured < 500, `${captured}`);
    assert.equal(run.run.ledger.pending, 0, "every captured frame is inferred and settled");
    assert.equal(run.fake.node.localTasks.running, 0, "no inference slot is held");
    assert.deepEqual(framesOf(run), upTo(captured), "the other sink has them all");
    const atWork = 2 + 4 + 1; // in the slots, in the queue, being decided about
    assert.ok(run.source.open.most <= PICTURES_MAX + atWork, `${run.source.open.most} are open`);
    stuck.letGo();
    await run.clock.until(ending);
    assert.deepEqual(framesOf(run, 1), upTo(500), "nothing is lost");
  }
});

Deno.test("also a sink that looks at no picture holds capture back when its queue is full", async () => {
  const stuck = stuckWrite();
  const run = new FakeRun({
    source: { frames: 500 },
    sinks: [{ queueLengthMax: 3, write: stuck.write }],
  });
  const ending = run.run.run();
  for (let turn = 0; turn < 1000; turn++) await idle();
  const { captured } = run.run.ledger.counts();
  const atWork = 2 + 4 + 1; // as it notices: in the slots, in the queue, being decided about
  assert.ok(captured >= 4 && captured <= 1 + 3 + 1 + atWork, `${captured} are captured`);
  stuck.letGo();
  await run.clock.until(ending);
  assert.deepEqual(framesOf(run), upTo(500));
});

Deno.test("an earlier frame that does not end holds the pictures of later ones, and only so many", async () => {
  const run = new FakeRun({
    source: { frames: 500, size: SIZE },
    policy: ({ frame }) => frame.index === 1 ? CLOUD : LOCAL,
    offload: (clock) => async () => {
      await clock.sleep(10_000);
      return ANSWER;
    },
    sinks: [{ pictures: true }],
  });
  const ending = run.run.run();
  await run.clock.advance(9000);
  assert.ok(run.source.open.now >= PICTURES_MAX && run.source.open.now <= PICTURES_MAX + 8);
  assert.equal(run.records.length, 0);
  await run.clock.until(ending);
  assert.deepEqual(framesOf(run), upTo(500));
});

Deno.test("where no sink needs it, a picture is closed when its frame is settled", async () => {
  const stuck = stuckWrite();
  const run = new FakeRun({
    source: { frames: 6 },
    policy: ({ frame }) => frame.index > 3 ? { place: "filter", reason: "dark" } : LOCAL,
    sinks: [{ write: stuck.write }, { pictures: true, write: stuck.write }],
  });
  const ending = run.run.run();
  for (let turn = 0; turn < 100; turn++) await idle();
  const closed = run.source.given.map((picture) => picture.closed);
  assert.deepEqual(closed, [0, 0, 0, 1, 1, 1], "nobody looks at what was filtered");
  stuck.letGo();
  await run.clock.until(ending);
  const without = new FakeRun({ source: { frames: 3 }, sinks: [{ write: stuckWrite().write }] });
  void without.run.run();
  for (let turn = 0; turn < 100; turn++) await idle();
  assert.deepEqual(without.source.given.map((picture) => picture.closed), [1, 1, 1]);
});

Deno.test("while a first frame takes its time, others are captured until the records that wait are many", async () => {
  const frames = RECORDS_MAX + 2000;
  let asked = 0;
  const run = new FakeRun({
    source: { frames, everyMs: 1 },
    policy: () => asked++ === 0 ? CLOUD : { place: "filter", reason: "dull" },
    offload: (clock) => async () => {
      await clock.sleep(2 * frames);
      return ANSWER;
    },
  });
  const ending = run.run.run();
  await run.clock.advance(frames + 100);
  const { captured } = run.run.ledger.counts();
  assert.ok(captured >= RECORDS_MAX && captured <= RECORDS_MAX + 10, `${captured} are captured`);
  assert.ok(run.source.open.now <= 3, "their pictures are closed");
  await run.clock.until(ending);
  assert.deepEqual(framesOf(run), upTo(frames));
});

Deno.test("a sink that fails ends the run with its error; the others keep what there is", async () => {
  const run = new FakeRun({
    source: { frames: 100, everyMs: 10 },
    sinks: [{
      write: ({ frame }) => {
        if (frame === 5) throw new SmarteyeError("failed_precondition", "Cannot write 5");
      },
    }, { pictures: true, write: (_, clock) => clock.sleep(50) }],
  });
  const { summary, failure } = await run.end();
  assert.deepEqual([failure?.message, summary.error], ["Cannot write 5", "Cannot write 5"]);
  const { captured } = summary.frames;
  assert.ok(captured >= 5 && captured < 12, `${captured}`);
  assert.deepEqual(framesOf(run, 1), upTo(captured));
  assert.ok(run.sinks.every(({ closed }) => closed?.summary === summary), "all are closed");
});

Deno.test("a sink that cannot be closed is the run's failure, unless something failed before", async () => {
  const run = new FakeRun({ sinks: [{ closeFails: true }, {}] });
  const { summary, failure } = await run.end();
  assert.deepEqual([failure?.message, summary.error], ["Cannot write the end", undefined]);
  assert.ok(run.sinks[1]!.closed, "the other is closed all the same");
  const earlier = new FakeRun({
    source: { frames: 5, breaksAt: 2 },
    sinks: [{ closeFails: true }],
  });
  assert.match((await earlier.end()).failure!.message, /it broke at 2/);
});

Deno.test("results that a sink gathered and cannot write are told in the summary too", async () => {
  const run = new FakeRun({ sinks: [{ flushFails: true }, {}] });
  const { summary, failure } = await run.end();
  assert.deepEqual([failure?.message, summary.error], [
    "Cannot write the rest",
    "Cannot write the rest",
  ]);
  assert.ok(run.sinks.every(({ closed }) => closed?.summary === summary), "all are closed");
});

Deno.test("a run that is told to drain while capture waits for a sink captures no more", async () => {
  const stuck = stuckWrite();
  const run = new FakeRun({
    source: { frames: 500 },
    policy: always(LOCAL),
    sinks: [{ write: stuck.write }],
    drainAtMs: 100,
  });
  const ending = run.end();
  for (let turn = 0; turn < 500; turn++) await idle();
  const { captured } = run.run.ledger.counts();
  stuck.letGo();
  const { summary, failure } = await ending;
  assert.deepEqual([summary.frames.captured, failure], [captured, undefined]);
});
