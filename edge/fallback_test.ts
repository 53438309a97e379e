/** A fallback is a local task like any other: it waits, counts once, and holds nothing of the cloud's. */

import assert from "node:assert/strict";
import type { FakeClock } from "../core/fake_clock.ts";
import type { ControlPolicy } from "../policies/offload/policy.ts";
import { always, ANSWER, CLOUD, FakeRun, INFERRED, LOCAL } from "../tests/fakes/run.ts";
import { OffloadError } from "./cloud/offload_client.ts";

const LOST = { bytesUp: 900, bytesDown: 10 };
const inferSlowly = (ms: number) => (clock: FakeClock) => async () => {
  await clock.sleep(ms);
  return INFERRED;
};
const deadCloud = (ms: number) => (clock: FakeClock) => async () => {
  await clock.sleep(ms);
  throw new OffloadError("it answers 503", LOST, "refused");
};

Deno.test("with a dead cloud each frame is pending once, and the Workers get no more than they take", async () => {
  const seen: { local: number; cloud: number; open: number }[] = [];
  const run: FakeRun = new FakeRun({
    source: { frames: 30, everyMs: 10 },
    slots: 2, // of one Worker
    offloadsMax: 4,
    infer: inferSlowly(100),
    offload: deadCloud(5),
    policy: ({ local, cloud }) => {
      const open = run.run.ledger.pending - 1; // but for the frame that is decided about
      seen.push({ local: local.pending, cloud: cloud.pending, open });
      return CLOUD;
    },
  });
  const { summary } = await run.end();
  assert.deepEqual([summary.frames.local, summary.fallbacks], [30, 30]);
  for (const { local, cloud, open } of seen) {
    assert.equal(local + cloud, open, "every frame without an outcome is pending in one place");
  }
  assert.ok(seen.some(({ local }) => local > 4), "fallbacks wait where the policy sees them");
  assert.equal(run.fake.most.local, 2, "inferences at once");
});

Deno.test("while a fallback waits, its offload slot is another frame's", async () => {
  const sentAtMs: number[] = [];
  const decide: ControlPolicy = ({ frame }) => frame.index <= 2 ? LOCAL : CLOUD;
  const run = new FakeRun({
    source: { frames: 5 },
    policy: decide,
    slots: 2,
    offloadsMax: 1,
    infer: inferSlowly(1000),
    offload: (clock) => async ({ frame }) => {
      sentAtMs.push(clock.nowMs());
      await clock.sleep(50);
      if (frame === 3) throw new OffloadError("it answers 503", LOST, "refused");
      return ANSWER;
    },
  });
  await run.end();
  assert.deepEqual(sentAtMs, [0, 50, 100], "frame 3 has to wait for 1000 ms, 4 and 5 do not");
  assert.deepEqual(run.records.map(({ outcome }) => outcome), [
    "local",
    "local",
    "local",
    "cloud",
    "cloud",
  ]);
  const [, , fallback] = run.records;
  assert.deepEqual([fallback!.fallback, fallback!.latency_ms], [true, 2000]);
});

for (
  const { overflow, dropped } of [
    { overflow: "drop_newest", dropped: [7, 8] },
    { overflow: "drop_oldest", dropped: [3, 4] },
  ] as const
) {
  Deno.test(`under ${overflow} a fallback is dropped like any other task, and what it cost is told`, async () => {
    // 1 and 2 are being inferred, 3 and 4 wait here, 5 and 6 get an answer; then 7 and 8 fall back.
    const run = new FakeRun({
      source: { frames: 8, delaysMs: [0, 0, 0, 0, 10] },
      policy: ({ frame }) => frame.index <= 4 ? LOCAL : CLOUD,
      options: { overflow, queueLengthMax: 2 },
      slots: 2,
      offloadsMax: 2,
      infer: inferSlowly(1000),
      offload: (clock) => async ({ frame }) => {
        await clock.sleep(20);
        if (frame > 6) throw new OffloadError("it answers 503", LOST, "refused");
        return ANSWER;
      },
    });
    const { summary } = await run.end();
    const lost = run.records.filter(({ outcome }) => outcome === "dropped");
    assert.deepEqual(lost.map(({ frame }) => frame), dropped);
    const full = `the queue of 2 frames was full (overflow = ${overflow})`;
    const own = overflow === "drop_newest";
    for (const { detail, bytes_up, bytes_down } of lost) {
      assert.equal(detail, own ? `the cloud failed: it answers 503; ${full}` : full);
      assert.deepEqual([bytes_up, bytes_down], own ? [900, 10] : [0, 0]);
    }
    assert.deepEqual(summary.bytes, { up: 2 * 1200 + 2 * 900, down: 2 * 300 + 2 * 10 });
    assert.deepEqual([summary.frames.local, summary.fallbacks], own ? [4, 0] : [4, 2]);
  });
}

Deno.test("what a fallback cost is told whatever becomes of it: inferred, failed, or dropped", async () => {
  let nth = 0;
  const run = new FakeRun({
    source: { frames: 4 },
    policy: always(CLOUD),
    slots: 1,
    options: { overflow: "drop_newest", queueLengthMax: 2 },
    offloadsMax: 4,
    infer: (clock) => async () => {
      await clock.sleep(100);
      if (nth++ === 1) throw new Error("the worker stopped");
      return INFERRED;
    },
    offload: deadCloud(10),
  });
  await run.end();
  assert.deepEqual(
    run.records.map(({ outcome, bytes_up }) => [outcome, bytes_up]),
    [["local", 900], ["failed", 900], ["local", 900], ["dropped", 900]],
  );
});

Deno.test("the time that the cloud took to fail is not reckoned as the edge's own", async () => {
  const seen: (number | undefined)[] = [];
  const run = new FakeRun({
    source: { frames: 3, everyMs: 3000 },
    policy: ({ local: { latencyMs } }) => {
      seen.push(latencyMs);
      return CLOUD;
    },
    infer: inferSlowly(50),
    offload: deadCloud(2000),
  });
  const { summary } = await run.end();
  assert.deepEqual(
    seen,
    [undefined, 50, 50],
    "else a policy takes a dead cloud for the faster one",
  );
  assert.ok(
    summary.latency_ms.local.p50! > 2000,
    "whoever waits for the frame has waited that long",
  );
});

Deno.test("under wait, capture is held back while fallbacks wait: they are bounded", async () => {
  const [queueLengthMax, slots, offloadsMax] = [3, 1, 2];
  const run = new FakeRun({
    source: { frames: 100 },
    policy: always(CLOUD),
    options: { overflow: "wait", queueLengthMax },
    slots,
    offloadsMax,
    infer: inferSlowly(1_000_000),
    offload: deadCloud(1),
  });
  const ending = run.run.run();
  await run.clock.advance(10_000);
  const { captured, dropped } = run.run.ledger.counts();
  assert.equal(dropped, 0);
  const { local, cloud } = run.run.pending;
  // One is being inferred and 3 are queued here; what was queued for the cloud or there waits for them.
  assert.equal(local, slots + queueLengthMax + queueLengthMax + offloadsMax);
  assert.deepEqual([captured, cloud], [local, 0]);
  assert.equal(run.fake.node.offloads.running, 0, "no offload slot is held");
  await run.clock.until(ending);
  assert.equal(run.run.ledger.counts().local, 100, "none is lost");
});
