/** Frames that are sent after the edge has inferred them, since its own result is doubtful. */

import assert from "node:assert/strict";
import type { Decision } from "../policies/offload/policy.ts";
import { always, ANSWER, FakeRun, INFERRED, LOCAL, type RunScript } from "../tests/fakes/run.ts";
import { OffloadError } from "./cloud/offload_client.ts";

/** What fake inference finds has a score of 0.9. */
const DOUBTFUL = 0.95;
const SURE = 0.9;

function looking(below: number, waitMs = 150): Decision {
  const second = { below, model: "accurate", height: 180, quality: 70, waitMs };
  return { place: "local", model: "fast", second, reason: "here first" };
}

/** A run of one frame, which the edge infers in 20 ms. */
function oneFrame(decision: Decision, answerMs: number, more: RunScript = {}) {
  return new FakeRun({
    source: { frames: 1 },
    policy: always(decision),
    infer: (clock) => async () => {
      await clock.sleep(20);
      return INFERRED;
    },
    offload: (clock) => async ({ deadlineMs }) => {
      await clock.sleep(Math.min(answerMs, deadlineMs));
      if (answerMs <= deadlineMs) return ANSWER;
      throw new OffloadError("no answer in time", { bytesUp: 1200, bytesDown: 0 }, "late");
    },
    ...more,
  });
}

const CASES: readonly [
  what: string,
  decision: Decision,
  answerMs: number,
  wanted: { outcome: string; latency: number; bytesUp: number; begun: number; used: number },
][] = [
  ["no second look is wanted", LOCAL, 50, {
    ...{ outcome: "local", latency: 20, bytesUp: 0, begun: 0, used: 0 },
  }],
  ["its result is sure", looking(SURE), 50, {
    ...{ outcome: "local", latency: 20, bytesUp: 0, begun: 0, used: 0 },
  }],
  ["its result is doubtful, and the cloud answers", looking(DOUBTFUL), 50, {
    ...{ outcome: "cloud", latency: 70, bytesUp: 1200, begun: 1, used: 1 },
  }],
  ["its result is doubtful, and no answer comes in time", looking(DOUBTFUL), 140, {
    ...{ outcome: "local", latency: 150, bytesUp: 1200, begun: 1, used: 0 },
  }],
];

for (const [what, decision, answerMs, wanted] of CASES) {
  Deno.test(`a frame that is inferred here first: ${what}`, async () => {
    const run = oneFrame(decision, answerMs);
    const { summary } = await run.end();
    const [record] = run.records;
    const { outcome, latency, bytesUp, begun, used } = wanted;
    assert.deepEqual([record?.outcome, record?.latency_ms], [outcome, latency]);
    assert.equal(record?.bytes_up, bytesUp);
    assert.equal(record?.decision?.height, begun ? 180 : null);
    assert.equal(record?.fallback, undefined, "what was decided was done");
    assert.deepEqual(summary.second_looks, { begun, used });
    assert.deepEqual(summary.bytes.up, bytesUp);
    assert.deepEqual(run.run.pending, { local: 0, cloud: 0 });
    assert.equal(run.source.given[0]?.closed, 1);
    assert.ok(!run.source.given[0]?.usedAfterClose);
  });
}

Deno.test("a frame in which nothing was found is always doubtful", async () => {
  const nothing = { ...INFERRED, findings: { detections: [] } };
  const run = oneFrame(looking(0.01), 10, { infer: () => () => Promise.resolve(nothing) });
  await run.end();
  assert.equal(run.records[0]?.outcome, "cloud");
});

Deno.test("a second look that the cloud fails on is no fallback, whatever is set for those", async () => {
  const run = oneFrame(looking(DOUBTFUL), 0, {
    offload: () => () =>
      Promise.reject(new OffloadError("it answers 503", { bytesUp: 9, bytesDown: 8 }, "refused")),
    options: { onCloudFailure: "drop" },
  });
  const { summary } = await run.end();
  assert.deepEqual([run.records[0]?.outcome, run.records[0]?.bytes_up], ["local", 9]);
  assert.deepEqual([summary.fallbacks, summary.second_looks], [0, { begun: 1, used: 0 }]);
});

Deno.test("without leave to send, or room, the edge's own result counts at once", async () => {
  const slow: RunScript["offload"] = (clock) => async () => {
    await clock.sleep(1000);
    return ANSWER;
  };
  const run = oneFrame(looking(DOUBTFUL, 2000), 0, {
    source: { frames: 6 },
    slots: 1,
    offloadsMax: 1,
    options: { queueLengthMax: 1, deadlineMs: 2000 },
    offload: slow,
  });
  const { summary } = await run.end();
  assert.deepEqual(summary.second_looks, { begun: 2, used: 2 }, "one under way, one that waits");
  assert.deepEqual([summary.frames.cloud, summary.frames.local], [2, 4]);
});

Deno.test("while the breaker is open, frames that are doubtful stay here", async () => {
  const failing: RunScript["offload"] = () => () =>
    Promise.reject(new OffloadError("it is gone", { bytesUp: 0, bytesDown: 0 }, "refused"));
  const run = oneFrame(looking(DOUBTFUL), 0, {
    source: { frames: 30, everyMs: 30 },
    offload: failing,
  });
  const { summary } = await run.end();
  assert.equal(summary.frames.local, 30);
  assert.ok(summary.second_looks.begun < 15, `${summary.second_looks.begun} were sent`);
});
