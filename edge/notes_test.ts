/** What a source tells while it is read, on its way to the file of results. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { drained } from "../core/role.ts";
import { testWithDevFull } from "../tests/fakes/data.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { FakeRun } from "../tests/fakes/run.ts";
import { FakeSource } from "../tests/fakes/source.ts";
import type { SourceState, TellSource } from "./capture/source.ts";
import { JsonlSink } from "./sink/jsonl_sink.ts";

/** A run of five frames, whose source tells a state before the frame of a number. */
async function run(path: string, states: Readonly<Record<number, SourceState>>) {
  const sink = await JsonlSink.open(path, systemClock);
  const run = new FakeRun({ source: { frames: 5, everyMs: 10, live: true } }, 1, undefined, [sink]);
  const { pictures } = FakeSource.prototype;
  run.source.pictures = async function* (signal: AbortSignal, tell?: TellSource) {
    let number = 0;
    const tellOf = (number: number) => {
      const state = states[number];
      if (state) {
        tell?.({
          kind: "state",
          state,
          detail: number === 4 ? "rtsp://me:s3cret@cam/1 is silent" : "",
        });
      }
    };
    tellOf(1);
    for await (const picture of pictures.call(this, signal)) {
      if (++number > 1) tellOf(number);
      yield picture;
    }
    tellOf(number + 1);
  };
  return await run.end();
}

Deno.test("what happens to a source stands in the results, with the frames before it", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  const { failure } = await run(path, { 1: "live", 4: "stalled", 5: "live", 6: "ended" });
  assert.equal(failure, undefined);
  const lines = Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
  const events = lines.filter(({ event }) => event === "source");
  assert.equal(events.pop().state, "ended"); // when the last picture came, taken up or not
  assert.deepEqual(events.map(({ state, frame, detail }) => [state, frame, detail]), [
    ["live", 0, undefined],
    ["stalled", 3, "rtsp://me:***@cam/1 is silent"],
    ["live", 4, undefined],
  ]);
  assert.ok(events.every(({ source, at }) => source === "fake" && at.endsWith("Z")));
  const frames = lines.filter(({ event }) => event === undefined).map(({ frame }) => frame);
  assert.deepEqual(frames, [1, 2, 3, 4, 5]);
  // A frame that was captured after it ends after it.
  for (const event of events) {
    const after = lines.slice(lines.indexOf(event)).filter((line) => line.event === undefined);
    assert.deepEqual(after.map(({ frame }) => frame).slice(-5 + event.frame), [
      ...frames.slice(event.frame),
    ]);
  }
});

Deno.test("a source that is stopped, or breaks off, has ended even if it does not say so", async () => {
  await using folder = new Folder();
  const path = folder.file("results.jsonl");
  await run(path, { 1: "live" });
  const lines = Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
  const states = lines.filter(({ event }) => event === "source").map(({ state }) => state);
  assert.deepEqual(states, ["live", "ended"]);
});

testWithDevFull("an event that cannot be written ends the run as a frame does", async () => {
  const sink = await JsonlSink.open("/dev/full", systemClock);
  const { run, source, sinks } = new FakeRun({}, 1, undefined, [sink]);
  // It is lost before its first picture, and says nothing more.
  source.pictures = async function* (signal: AbortSignal, tell?: TellSource) {
    tell?.({ kind: "state", state: "waiting", detail: "" });
    await drained(signal);
    yield* [];
  };
  const { failure, summary } = await run.run();
  assert.match(failure?.message ?? "", /^Cannot write "\/dev\/full": .*No space left/);
  assert.equal(summary.error, failure?.message);
  assert.equal(sinks[0]!.closed?.summary, summary, "other sinks have the summary");
});
