import assert from "node:assert/strict";
import type { Frame } from "../../core/frame.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FakeSource, type SourceScript } from "../../tests/fakes/source.ts";
import { type PaceOptions, readFrames } from "./pace.ts";

/** A reader of a fake source, and what became of its frames. */
function reader(script: SourceScript, said: Partial<PaceOptions> = {}) {
  const clock = new FakeClock();
  const source = new FakeSource(script, clock);
  const seen = { captured: [] as number[], passedOver: 0, read: [] as number[] };
  const times: number[] = [];
  const frames = readFrames(source, {
    intervalMs: 0,
    framesMax: 0,
    clock,
    signal: new AbortController().signal,
    onCaptured: ({ index }) => seen.captured.push(index),
    onPassedOver: () => seen.passedOver++,
    ...said,
  });
  /** Reads to the end; each frame takes its reader `workMs`. */
  const readAll = async (workMs = 0, each = (_: Frame) => {}) => {
    for await (const frame of frames) {
      seen.read.push(frame.index);
      times.push(clock.nowMs());
      each(frame);
      if (workMs > 0) await clock.sleep(workMs);
    }
  };
  return { clock, source, seen, times, readAll };
}

/** Numbers from 1. */
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

Deno.test("frames of a file are read one each interval, however long each takes", async () => {
  const cases: [
    what: string,
    intervalMs: number,
    everyMs: number,
    workMs: number,
    times: number[],
  ][] = [
    ["as fast as it goes", 0, 0, 0, [0, 0, 0, 0]],
    ["the interval", 50, 0, 0, [0, 50, 100, 150]],
    ["work within the interval", 50, 0, 20, [0, 50, 100, 150]],
    ["work beyond the interval", 50, 0, 80, [0, 80, 160, 240]],
    ["a slow source, on top of the interval", 50, 20, 0, [20, 90, 160, 230]],
    ["no interval, a reader at work", 0, 0, 30, [0, 30, 60, 90]],
  ];
  for (const [what, intervalMs, everyMs, workMs, times] of cases) {
    const reading = reader({ frames: 4, everyMs }, { intervalMs });
    await reading.clock.until(reading.readAll(workMs));
    assert.deepEqual(reading.times, times, what);
    assert.deepEqual(reading.seen, { captured: upTo(4), passedOver: 0, read: upTo(4) }, what);
  }
});

Deno.test("a source that was late once is not hurried after", async () => {
  const delays = [0, 120, 0, 0];
  const reading = reader({ frames: 4, delaysMs: delays }, { intervalMs: 50 });
  await reading.clock.until(reading.readAll(0));
  assert.deepEqual(reading.times, [0, 170, 220, 270]);
});

Deno.test("a frame knows when it was captured", async () => {
  const reading = reader({ frames: 2, everyMs: 100 });
  const stamps: [number, number][] = [];
  await reading.clock.until(
    reading.readAll(0, ({ startAtMs, capturedAtMs }) => stamps.push([startAtMs, capturedAtMs])),
  );
  const epoch = Date.UTC(2026, 0, 2, 3, 4, 5);
  assert.deepEqual(stamps, [[100, epoch + 100], [200, epoch + 200]]);
});

Deno.test("of a live source the newest frame is read, and those passed over are counted", async () => {
  const reading = reader({ frames: 10, live: true, everyMs: 10 });
  const ptsMs: number[] = [];
  await reading.clock.until(reading.readAll(34, ({ picture }) => ptsMs.push(picture.ptsMs)));
  assert.deepEqual(reading.seen, { captured: upTo(4), passedOver: 6, read: upTo(4) });
  assert.deepEqual(ptsMs, [0, 120, 240, 360]);
  assert.ok(reading.source.given.every(({ closed }, i) => closed === (i % 3 === 0 ? 0 : 1)));
});

Deno.test("a live source waits at most its interval behind", async () => {
  const reading = reader({ frames: 100, live: true, everyMs: 10 }, { intervalMs: 100 });
  const behind: number[] = [];
  await reading.clock.until(
    reading.readAll(0, ({ startAtMs }) => behind.push(reading.clock.nowMs() - startAtMs)),
  );
  behind.pop(); // nothing comes after the last frame, which waits for its turn
  assert.ok(behind.every((ms) => ms <= 10), String(behind));
  assert.ok(reading.seen.read.length <= 12, "one each interval");
});

for (const live of [false, true]) {
  const kind = live ? "a live source" : "a file";

  Deno.test(`${kind}: no more frames are captured than asked for`, async () => {
    const reading = reader({ frames: 9, live, everyMs: 10 }, { framesMax: 4 });
    await reading.clock.until(reading.readAll());
    assert.deepEqual(reading.seen, { captured: upTo(4), passedOver: 0, read: upTo(4) });
    assert.equal(reading.source.given.length, 4);
  });

  Deno.test(`${kind}: a drain ends it, even in the middle of an interval`, async () => {
    const drain = new AbortController();
    const reading = reader(
      { frames: 1000, live, everyMs: 10 },
      { signal: drain.signal, intervalMs: 10_000 },
    );
    const all = reading.readAll();
    await reading.clock.advance(300);
    drain.abort();
    await all;
    assert.ok(reading.clock.nowMs() < 1000);
    const { captured, passedOver, read } = reading.seen;
    assert.deepEqual(captured, read);
    assert.equal(reading.source.given.length, passedOver + read.length, "no picture is lost");
  });

  Deno.test(`${kind}: when it breaks off, the frames before it have been read`, async () => {
    const reading = reader({ frames: 9, live, everyMs: 10, breaksAt: 4 });
    const all = refused(reading.readAll(), "failed_precondition");
    assert.match(await reading.clock.until(all), /it broke at 4/);
    assert.deepEqual(reading.seen.read, [1, 2, 3]);
  });

  Deno.test(`${kind}: a reader that leaves loses no frame`, async () => {
    const reading = reader({ frames: 50, live, everyMs: 10 });
    const leaving = reading.readAll(25, ({ index }) => {
      if (index > 5) throw new Error("enough");
    });
    await assert.rejects(reading.clock.until(leaving), /enough/);
    const { captured, passedOver, read } = reading.seen;
    assert.ok(captured.length < 50);
    assert.deepEqual(captured, read);
    assert.equal(reading.source.given.length, passedOver + read.length);
  });
}
