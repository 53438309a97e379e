import assert from "node:assert/strict";
import type { Frame } from "../core/frame.ts";
import { always, ANSWER, CLOUD, FakeRun, FOUND, INFERRED, LOCAL } from "../tests/fakes/run.ts";
import type { FrameFilter, Result, Verdict } from "./filter/frame_filter.ts";

/** Keeps the frames of some numbers back, and notes what it hears. */
class ScriptedFilter implements FrameFilter {
  readonly looked: number[] = [];
  readonly settledAs: (readonly [number, Result | undefined])[] = [];

  constructor(private readonly skipped: Readonly<Record<number, Verdict>>) {}

  look({ index }: Frame): Promise<Verdict> {
    this.looked.push(index);
    return Promise.resolve(this.skipped[index] ?? { still: false });
  }

  settled(index: number, result?: Result): void {
    this.settledAs.push([index, result]);
  }
}

const STILL: Verdict = { skip: "nothing moves", still: true };
const LITTLE: Verdict = { skip: "little has changed", still: false };

Deno.test("a frame that the filter keeps back is filtered, with why, and no policy is asked", async () => {
  const filter = new ScriptedFilter({ 2: STILL, 4: LITTLE });
  const asked: number[] = [];
  const run = new FakeRun({
    source: { frames: 4, everyMs: 100 },
    filter,
    policy: ({ frame }) => {
      asked.push(frame.index);
      return LOCAL;
    },
  });
  const { summary, failure } = await run.end();
  assert.equal(failure, undefined);
  assert.deepEqual([asked, filter.looked], [[1, 3], [1, 2, 3, 4]]);
  assert.deepEqual(summary.frames, {
    ...{ captured: 4, local: 2, cloud: 0, filtered: 2, dropped: 0, failed: 0 },
  });
  assert.deepEqual(run.records.map(({ outcome, detail }) => [outcome, detail]), [
    ["local", undefined],
    ["filtered", "nothing moves"],
    ["local", undefined],
    ["filtered", "little has changed"],
  ]);
  const [, second] = run.records;
  assert.deepEqual([second!.decision, second!.inferred, second!.age_ms], [null, false, 40]);
  assert.deepEqual(second!.detections?.map(({ box }) => box), [FOUND.detections[0].box]);
  assert.deepEqual(run.run.statistics.looks, { nothing: 1, little: 1, change: 2 });
});

Deno.test("the filter hears what came of each frame that it let through, and that of some nothing did", async () => {
  const filter = new ScriptedFilter({ 3: STILL });
  const run = new FakeRun({
    source: { frames: 5, everyMs: 100 },
    filter,
    policy: ({ frame }) => frame.index === 2 ? { place: "filter", reason: "" } : LOCAL,
    infer: () => (picture) =>
      "ptsMs" in picture && picture.ptsMs === 160
        ? Promise.reject(new Error("it stopped"))
        : Promise.resolve(INFERRED),
  });
  await run.end();
  const results = filter.settledAs.filter(([index]) => index !== 3)
    .map(([index, result]) => [index, result?.model, result?.findings]);
  assert.deepEqual(results, [
    [1, "fast", FOUND],
    [2, undefined, undefined],
    [4, "fast", FOUND],
    [5, undefined, undefined],
  ]);
});

Deno.test("what a full queue drops is no result, either", async () => {
  const filter = new ScriptedFilter({});
  const run = new FakeRun({
    source: { frames: 8 },
    filter,
    policy: always(CLOUD),
    offloadsMax: 1,
    offload: (clock) => async () => {
      await clock.sleep(100);
      return ANSWER;
    },
    options: { overflow: "drop_newest", queueLengthMax: 1 },
  });
  const { summary } = await run.end();
  assert.ok(summary.frames.dropped > 0);
  const without = filter.settledAs.filter(([_, result]) => !result).length;
  assert.deepEqual([filter.settledAs.length, without], [8, summary.frames.dropped]);
});

Deno.test("what cannot be read is not looked at", async () => {
  const filter = new ScriptedFilter({});
  const run = new FakeRun({ source: { frames: 3, unreadable: [2] }, filter });
  const { summary } = await run.end();
  assert.deepEqual([filter.looked, summary.frames.failed], [[1, 3], 1]);
});

Deno.test("a filter keeps nobody from hearing that all other frames failed", async () => {
  const run = new FakeRun({
    source: { frames: 3 },
    filter: new ScriptedFilter({}),
    infer: () => () => Promise.reject(new Error("it stopped")),
  });
  assert.match((await run.end()).failure!.message, /3 failed/);
});
