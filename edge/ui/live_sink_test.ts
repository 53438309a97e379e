import assert from "node:assert/strict";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { FakeRun } from "../../tests/fakes/run.ts";
import { FakePicture } from "../../tests/fakes/source.ts";
import { result } from "../../tests/fakes/records.ts";
import type { FrameResult } from "../sink/sink.ts";
import { LiveSink } from "./live_sink.ts";
import { partOf, STREAM_HEADERS } from "./part.ts";

const OPTIONS = { fpsMax: 10, heightMax: 180, viewersMax: 3 };

function sinkAt(clock: FakeClock) {
  const seen: number[] = [];
  const sink = new LiveSink(OPTIONS, clock, {
    see: ({ frame }) => void seen.push(frame.index),
    note: () => {},
  });
  /** A frame, as a run hands it on. */
  const show = async (one: FrameResult) => {
    const isWanted = sink.needsPicture(one.ending, one.frame.index);
    await sink.write(one);
    return isWanted;
  };
  return { sink, seen, show };
}

const never = new AbortController().signal;

/** Reads a stream's parts as text. */
function reading(answer: Response) {
  const reader = answer.body!.getReader();
  return async () => {
    const { value } = await reader.read();
    return value && new TextDecoder().decode(value);
  };
}

Deno.test("pictures are encoded while somebody watches, once for all, and so many a second", async () => {
  const clock = new FakeClock();
  const { sink, seen, show } = sinkAt(clock);
  const pictures = Array.from({ length: 60 }, (_, i) => new FakePicture(i * 40));
  let frame = 0;
  const play = async (frames: number) => {
    for (let i = 0; i < frames; i++) {
      await show(result(++frame, pictures[frame - 1]));
      clock.jump(40);
    }
  };
  await play(10);
  assert.equal(sink.counts.encoded, 0, "nobody watches");
  const over = new AbortController();
  const next = reading(sink.stream(STREAM_HEADERS, over.signal)!);
  void sink.stream(STREAM_HEADERS, over.signal)!;
  const first = next();
  await play(25); // a second
  assert.ok(sink.counts.encoded >= 9 && sink.counts.encoded <= 11, `${sink.counts.encoded}`);
  const encoded = pictures.flatMap(({ encoded }) => encoded);
  assert.equal(encoded.length, sink.counts.encoded, "once for both");
  assert.deepEqual(encoded[0]!.size, { width: 320, height: 180 });
  assert.match(
    (await first)!,
    /^--frame\r\ncontent-type: image\/jpeg\r\ncontent-length: 1000\r\nx-frame: \{"frame":11,/,
  );
  // The one who does not read skips; nobody waits for them.
  assert.ok(sink.counts.skipped >= 8);
  over.abort();
  const before = sink.counts.encoded;
  await play(25);
  assert.equal(sink.counts.encoded, before);
  assert.equal(seen.length, 60, "it hears of all frames");
});

Deno.test("who comes when it is full is refused, who comes later sees the latest picture at once", async () => {
  const clock = new FakeClock();
  const { sink, show } = sinkAt(clock);
  const over = new AbortController();
  const first = sink.stream(STREAM_HEADERS, over.signal)!;
  await show(result(1));
  const second = sink.stream(STREAM_HEADERS, over.signal)!;
  assert.match((await reading(second)())!, /"frame":1,/);
  assert.ok(sink.stream(STREAM_HEADERS, over.signal));
  assert.equal(sink.stream(STREAM_HEADERS, over.signal), undefined);
  over.abort();
  assert.equal(sink.counts.viewers, 0);
  assert.match((await first.text()).slice(0, 7), /^$|--frame/);
});

Deno.test("one picture is waited for, for a while", async () => {
  const clock = new FakeClock();
  const { sink, show } = sinkAt(clock);
  assert.equal(await clock.until(sink.glance(1000)), undefined);
  const glance = sink.glance(1000);
  await idle();
  assert.equal(await show(result(1)), true);
  assert.equal((await glance)?.frame.frame, 1);
  clock.jump(4000);
  assert.equal(await show(result(2)), false, "nobody has asked for long");
});

Deno.test("a picture that cannot be encoded is counted, and ends no run", async () => {
  const { sink, show } = sinkAt(new FakeClock());
  void sink.stream(STREAM_HEADERS, never)!;
  const picture = new FakePicture(0);
  picture.jpeg = () => Promise.reject(new Error("torn"));
  await show(result(1, picture));
  assert.deepEqual([sink.counts.encoded, sink.counts.failed], [0, 1]);
});

Deno.test("a run waits for no viewer, and every picture is closed when it is looked at", async () => {
  const run = new FakeRun({ source: { frames: 50, everyMs: 40 } });
  const sink = new LiveSink(OPTIONS, run.clock, { see: () => {}, note: () => {} });
  const watched = new FakeRun({ source: { frames: 50, everyMs: 40 } }, 1, run.fake, [sink]);
  void sink.stream(STREAM_HEADERS, never)!;
  const { summary } = await watched.end();
  assert.equal(summary.frames.local, 50);
  assert.ok(sink.counts.encoded > 10);
  for (const picture of watched.source.given) {
    assert.deepEqual([picture.closed, picture.usedAfterClose], [1, false]);
  }
});

Deno.test("what a part tells of its frame is a header, whatever it says", () => {
  const { record } = result(1);
  const label = "Fußgänger\r\nx-evil: 1";
  const part = partOf({ ...record, detail: label }, new Uint8Array([1, 2, 3]));
  const head = new TextDecoder("latin1").decode(part).split("\r\n\r\n")[0]!;
  assert.equal(head.split("\r\n").length, 4);
  const told = /^x-frame: (.*)$/m.exec(head)![1]!;
  assert.equal(JSON.parse(told).detail, label);
  assert.doesNotMatch(told, /[^\x20-\x7e]/);
});
