/** A run whose cloud fails: frames stay here, single ones probe, and it is used again when it answers. */

import assert from "node:assert/strict";
import type { FakeClock } from "../core/fake_clock.ts";
import { thresholdOffloadPolicy } from "../policies/offload/threshold_offload_policy.ts";
import type { ControlPolicy } from "../policies/offload/policy.ts";
import {
  always,
  ANSWER,
  CLOUD,
  FakeNode,
  FakeRun,
  INFERRED,
  type RunScript,
} from "../tests/fakes/run.ts";
import type { CloudLink } from "./cloud/cloud_link.ts";
import { OffloadError } from "./cloud/offload_client.ts";

/** A worker's time for one frame. */
const INFER_MS = 10;

const threshold: ControlPolicy = (snapshot, rng) =>
  thresholdOffloadPolicy({ ...snapshot, parameters: { pending_threshold: 2 } }, rng);

const POLICIES = { threshold, always_cloud: always(CLOUD) };

/** Ways for a cloud to fail; each costs what was sent. */
const FAILING = {
  "it never answers": async (clock: FakeClock, deadlineMs: number) => {
    await clock.sleep(deadlineMs);
    throw new OffloadError("no answer in time", { bytesUp: 9000, bytesDown: 0 }, "late");
  },
  "it answers 503": async (clock: FakeClock) => {
    await clock.sleep(5);
    throw new OffloadError("it answers 503", { bytesUp: 9000, bytesDown: 90 }, "refused");
  },
  "nobody listens": () =>
    Promise.reject(new OffloadError("refused", { bytesUp: 0, bytesDown: 0 }, "broken")),
};

/** Infers in 10 ms on each of two workers; the cloud fails from one instant to another. */
function outage(
  fails: (clock: FakeClock, deadlineMs: number) => Promise<never>,
  { fromMs, toMs, ...script }: RunScript & { fromMs: number; toMs: number },
): FakeRun & { readonly sentAtMs: readonly number[] } {
  const sentAtMs: number[] = [];
  const offload = (clock: FakeClock): CloudLink["offload"] => async ({ deadlineMs }) => {
    const nowMs = clock.nowMs();
    sentAtMs.push(nowMs);
    if (nowMs >= fromMs && nowMs < toMs) return await fails(clock, deadlineMs);
    await clock.sleep(100);
    return ANSWER;
  };
  const run = new FakeRun({
    infer: (clock) => async () => {
      await clock.sleep(INFER_MS);
      return INFERRED;
    },
    offload,
    ...script,
    options: { deadlineMs: 2000, queueLengthMax: 10, ...script.options },
  });
  return Object.assign(run, { sentAtMs });
}

for (const [how, fails] of Object.entries(FAILING)) {
  for (const [name, policy] of Object.entries(POLICIES)) {
    Deno.test(`under ${name}, where ${how}, the edge goes on at its own pace and sends next to nothing`, async () => {
      const frames = 12_000; // of 5 ms each on two workers: a minute
      const run = outage(fails, { fromMs: 0, toMs: Infinity, source: { frames }, policy });
      const { summary, failure } = await run.end();
      assert.equal(failure, undefined);
      assert.equal(summary.frames.local, frames, "none is lost");
      const ownS = frames * INFER_MS / 2 / 1000;
      assert.ok(summary.wall_s < ownS / 0.9, `${summary.wall_s} s, alone ${ownS} s`);
      // Those sent until it is found out, and then probes after 1, 2, 4, 8, 16, 30 s.
      assert.ok(run.sentAtMs.length <= 4 + 7, `${run.sentAtMs.length} were sent`);
      const { count, seconds } = summary.cloud_outages;
      assert.deepEqual([count, seconds > 50], [1, true]);
      const fallbacks = run.records.filter(({ fallback }) => fallback);
      assert.equal(fallbacks.length, summary.fallbacks);
      const unsent = fallbacks.find(({ bytes_up }) => bytes_up === 0 && how !== "nobody listens");
      assert.match(unsent?.detail ?? "no frame is sent", /^no frame is sent/);
    });

    Deno.test(`under ${name}, where ${how} for a while, it is used again within two probes`, async () => {
      const [fromMs, toMs] = [3000, 10_000];
      const source = { frames: 6000 };
      const run = outage(fails, { fromMs, toMs, source, policy, offloadsMax: 4 });
      const { summary } = await run.end();
      const after = run.sentAtMs.filter((atMs) => atMs >= toMs);
      const answered = run.records.filter(({ outcome }) => outcome === "cloud").length;
      assert.ok(after.length > 50, `it is in use again: ${after.length} frames`);
      assert.ok(after[0]! - toMs <= 8000, "the first probe after it has come back succeeds");
      assert.ok(answered > 50);
      assert.equal(summary.cloud_outages.count, 1);
      assert.ok(Math.abs(summary.cloud_outages.seconds - (after[0]! - fromMs) / 1000) < 2.3);
    });
  }
}

Deno.test("frames that waited for the cloud when it failed are not sent to it any more", async () => {
  const run = outage(FAILING["it never answers"], {
    ...{ fromMs: 0, toMs: Infinity, source: { frames: 10 }, policy: always(CLOUD) },
    offloadsMax: 4,
  });
  const { summary } = await run.end();
  // Two take the places of the first two that fail: only the third failure tells.
  assert.equal(run.sentAtMs.length, 4 + 2);
  assert.deepEqual([summary.frames.local, summary.fallbacks, summary.bytes.up], [10, 10, 6 * 9000]);
});

Deno.test("a cloud without a ready server gets no frame, and its first probe comes when it has one", async () => {
  const seen: boolean[] = [];
  const run = outage(FAILING["it answers 503"], {
    ...{ fromMs: Infinity, toMs: Infinity, source: { frames: 400, everyMs: 10 } },
    policy: (snapshot) => {
      seen.push(snapshot.cloud.available);
      return CLOUD;
    },
  });
  const { cloud } = run.fake;
  Object.assign(cloud, { available: false, why: "no server is ready" });
  void run.clock.sleep(2000).then(() => Object.assign(cloud, { available: true, why: "" }));
  const { summary } = await run.end();
  assert.equal(run.sentAtMs[0], 2000);
  assert.equal(run.records[0]?.detail, "no frame is sent to it for now, no server is ready");
  assert.deepEqual(summary.cloud_outages, { count: 1, seconds: 2.1 });
  assert.deepEqual([seen[0], seen[198], seen.at(-1)], [false, false, true]);
  assert.equal(seen.slice(195, 209).filter((available) => available).length, 1, "one may probe");
});

Deno.test("under on_cloud_failure = drop, what may not be sent is dropped, with why", async () => {
  const run = outage(FAILING["it answers 503"], {
    ...{ fromMs: 0, toMs: Infinity, source: { frames: 50 }, policy: always(CLOUD) },
    options: { onCloudFailure: "drop" },
  });
  const { summary, failure } = await run.end();
  assert.deepEqual([summary.frames.dropped, run.sentAtMs.length <= 4], [50, true]);
  assert.match(
    run.records.at(-1)!.detail!,
    /^the cloud failed: no frame is sent to it for now, 3 off/,
  );
  assert.match(failure!.message, /Cannot do anything with the 50 frames/);
});

Deno.test("a cloud that denies this edge gets one frame each half minute", async () => {
  const denies = async (clock: FakeClock) => {
    await clock.sleep(5);
    const why = "it answers 401; another token is wanted ([flask-url] token)";
    throw new OffloadError(why, { bytesUp: 900, bytesDown: 90 }, "denied");
  };
  const run = outage(denies, {
    ...{ fromMs: 0, toMs: Infinity, policy: always(CLOUD), offloadsMax: 1 },
    source: { frames: 700, everyMs: 100 },
  });
  const { summary } = await run.end();
  assert.deepEqual([run.sentAtMs.length, summary.frames.local], [3, 700]);
  assert.match(run.records.at(-1)!.detail!, /401; another token is wanted \(\[flask-url\] token\)/);
});

Deno.test("after an outage frames under way grow: 1, 2, 4 at once, while the others are inferred here", async () => {
  const offloadsMax = 8;
  const run = outage(FAILING["it answers 503"], {
    ...{ fromMs: 0, toMs: 3000, policy: always(CLOUD), offloadsMax },
    source: { frames: 6000, everyMs: 5 },
  });
  await run.end();
  const after = run.sentAtMs.filter((atMs) => atMs >= 3000);
  const sentWithin = (fromMs: number, toMs: number) =>
    after.filter((atMs) => atMs - after[0]! >= fromMs && atMs - after[0]! < toMs).length;
  // An answer takes 100 ms.
  assert.deepEqual([[0, 95], [95, 195], [195, 295]].map(([a, b]) => sentWithin(a!, b!)), [1, 2, 4]);
  assert.equal(run.fake.most.cloud, offloadsMax);
});

Deno.test("what does not fit into the byte allowance was not sent, and says nothing of the cloud", async () => {
  const run = outage(
    () => Promise.reject(new OffloadError("it is used up", { bytesUp: 0, bytesDown: 0 }, "barred")),
    { fromMs: 0, toMs: Infinity, policy: always(CLOUD), source: { frames: 20 } },
  );
  const { summary } = await run.end();
  assert.deepEqual([summary.frames.local, summary.fallbacks, summary.bytes.up], [20, 20, 0]);
  assert.equal(summary.cloud_outages.count, 0);
  assert.equal(run.fake.node.breaker.failuresInARow, 0);
});

Deno.test("the runs of a node share what is known of the cloud: one finds it dead, both keep away", async () => {
  let sent = 0;
  const fake = new FakeNode({
    offload: (clock) => async () => {
      sent++;
      await clock.sleep(5);
      throw new OffloadError("it answers 503", { bytesUp: 900, bytesDown: 9 }, "refused");
    },
  });
  const script = { source: { frames: 200, everyMs: 1 }, policy: always(CLOUD) };
  const runs = [new FakeRun(script, 1, fake), new FakeRun(script, 2, fake)];
  const ends = await Promise.all(runs.map((run) => run.end()));
  assert.ok(sent <= 4, `${sent} were sent`);
  for (const { summary } of ends) {
    assert.deepEqual([summary.frames.local, summary.cloud_outages.count], [200, 1]);
  }
  assert.deepEqual(fake.node.pending, { local: 0, cloud: 0 });
});
