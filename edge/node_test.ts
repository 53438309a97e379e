/** Two runs at one node: what they share is shared fairly, and neither stops the other. */

import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import type { FakeClock } from "../core/fake_clock.ts";
import {
  always,
  ANSWER,
  CLOUD,
  FakeNode,
  FakeRun,
  INFERRED,
  type NodeScript,
  type SourceScripts,
} from "../tests/fakes/run.ts";
import { OffloadError } from "./cloud/offload_client.ts";

const infer = (ms: number) => (clock: FakeClock) => async () => {
  await clock.sleep(ms);
  return INFERRED;
};

/** Runs that share a node. */
function runsAt(script: NodeScript, ...scripts: SourceScripts[]) {
  const fake = new FakeNode(script);
  const runs = scripts.map((script, i) => new FakeRun(script, i, fake));
  return { fake, clock: fake.clock, runs };
}

Deno.test("two sources get equal shares of the Workers and of the link, however many frames wait", async () => {
  for (const policy of [undefined, always(CLOUD)]) {
    const offload = (clock: FakeClock) => async () => {
      await clock.sleep(10);
      return ANSWER;
    };
    const { clock, runs: [hasty, calm] } = runsAt(
      { infer: infer(10), offload, slots: 1, offloadsMax: 1 },
      { source: { frames: 1000 }, options: { queueLengthMax: 50 }, ...policy && { policy } },
      { source: { frames: 1000 }, options: { queueLengthMax: 1 }, ...policy && { policy } },
    );
    const ending = Promise.all([hasty!.run.run(), calm!.run.run()]);
    await clock.advance(5000);
    const done = [hasty!, calm!].map(({ records }) => records.length);
    assert.ok(Math.abs(done[0]! - 250) <= 1 && Math.abs(done[1]! - 250) <= 1, String(done));
    await clock.until(ending);
  }
});

Deno.test("a source that brings little leaves the rest to the other", async () => {
  const { clock, runs: [full, sparse] } = runsAt(
    { infer: infer(10), slots: 1 },
    { source: { frames: 200 } },
    { source: { frames: 10, everyMs: 200 } },
  );
  const ending = Promise.all([full!.run.run(), sparse!.run.run()]);
  await clock.advance(2025);
  assert.equal(sparse!.records.length, 10);
  assert.ok(full!.records.length >= 190, `${full!.records.length} in 2025 ms`);
  assert.ok(
    sparse!.records.every(({ latency_ms }) => latency_ms <= 20),
    "it waits for one at most",
  );
  await clock.until(ending);
});

Deno.test("each run's sums are its own, and both learn from all frames", async () => {
  const { fake, clock, runs: [here, there] } = runsAt(
    {
      infer: infer(30),
      offload: (clock) => async ({ frame }) => {
        await clock.sleep(40);
        if (frame === 2) {
          throw new OffloadError("it answers 503", { bytesUp: 900, bytesDown: 10 }, "refused");
        }
        return ANSWER;
      },
    },
    { source: { frames: 7, unreadable: [3] } },
    { source: { frames: 5 }, policy: always(CLOUD) },
  );
  const ends = await clock.until(Promise.all([here!.run.run(), there!.run.run()]));
  const none = { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  assert.deepEqual(
    ends.map(({ summary: { frames, fallbacks, bytes } }) => [
      frames,
      fallbacks,
      bytes,
    ]),
    [
      [{ ...none, captured: 7, local: 6, failed: 1 }, 0, { up: 0, down: 0 }],
      [{ ...none, captured: 5, local: 1, cloud: 4 }, 1, { up: 4 * 1200 + 900, down: 4 * 300 + 10 }],
    ],
  );
  assert.ok(fake.most.local <= 2 && fake.most.cloud <= 2);
  const { estimates } = fake.node;
  assert.ok(estimates.local().latencyMs! > 0 && estimates.cloud().latencyMs! > 0);
});

Deno.test("a run that fails, drops or cannot store leaves the other alone", async () => {
  const cases: [what: string, script: SourceScripts, ended: RegExp | undefined][] = [
    ["its source breaks off", { source: { frames: 50, breaksAt: 5 } }, /it broke at 5/],
    [
      "its policy throws",
      {
        policy: () => {
          throw new Error("no idea");
        },
      },
      /no idea/,
    ],
    [
      "its disk is full",
      {
        sinks: [{
          write: () => Promise.reject(new SmarteyeError("failed_precondition", "no space")),
        }],
      },
      /^no space$/,
    ],
    ["it drops", {
      source: { frames: 200 },
      options: { overflow: "drop_oldest", queueLengthMax: 1 },
    }, undefined],
  ];
  for (const [what, script, ended] of cases) {
    const { clock, runs: [bad, good] } = runsAt(
      { infer: infer(10) },
      { source: { frames: 200, everyMs: 1 }, ...script },
      { source: { frames: 50 } },
    );
    const [badEnd, goodEnd] = await clock.until(Promise.all([bad!.run.run(), good!.run.run()]));
    if (ended) assert.match(badEnd!.failure!.message, ended, what);
    else assert.ok(badEnd!.summary.frames.dropped > 100, what);
    assert.equal(goodEnd!.failure, undefined, what);
    assert.deepEqual([goodEnd!.summary.frames.local, good!.records.length], [50, 50], what);
  }
});

Deno.test("a sink that takes nothing holds its own run back, and no Worker from the other", async () => {
  const stuck = Promise.withResolvers<void>();
  const { fake, clock, runs: [bad, good] } = runsAt(
    { infer: infer(10), slots: 2 },
    { source: { frames: 500 }, sinks: [{ pictures: true, write: () => stuck.promise }] },
    { source: { frames: 100 } },
  );
  const badEnding = bad!.run.run();
  const { summary } = await clock.until(good!.run.run());
  assert.deepEqual([summary.frames.local, summary.wall_s < 1.1], [100, true]);
  assert.deepEqual([fake.underWay.local, fake.node.localTasks.running], [0, 0]);
  assert.equal(bad!.run.ledger.pending, 0, "what it had captured is settled");
  stuck.resolve();
  await clock.until(badEnding);
  assert.equal(bad!.records.length, 500);
});
