/** Frames that are inferred here as well while their answer takes long. */

import assert from "node:assert/strict";
import type { Decision } from "../policies/offload/policy.ts";
import { always, ANSWER, CLOUD, FakeRun, INFERRED, type RunScript } from "../tests/fakes/run.ts";
import { OffloadError } from "./cloud/offload_client.ts";

const HEDGED: Decision = { ...CLOUD, hedgeMs: 100, waitMs: 150 };

/** A run of one frame, whose answer takes so long, and the edge's own so long. */
function oneFrame(answerMs: number, localMs: number, more: RunScript = {}) {
  return new FakeRun({
    source: { frames: 1 },
    policy: always(HEDGED),
    infer: (clock) => async () => {
      await clock.sleep(localMs);
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
  answerMs: number,
  localMs: number,
  wanted: { outcome: string; latency: number; hedged: { begun: number; used: number } },
][] = [
  ["an answer before it begins", 99, 20, {
    ...{ outcome: "cloud", latency: 99, hedged: { begun: 0, used: 0 } },
  }],
  ["an answer while it goes on, which is waited for", 110, 20, {
    ...{ outcome: "cloud", latency: 120, hedged: { begun: 1, used: 0 } },
  }],
  ["an answer after it", 140, 20, {
    ...{ outcome: "cloud", latency: 140, hedged: { begun: 1, used: 0 } },
  }],
  ["no answer while it is waited for", 5000, 20, {
    ...{ outcome: "local", latency: 150, hedged: { begun: 1, used: 1 } },
  }],
  ["no answer, and the edge is slow", 5000, 90, {
    ...{ outcome: "local", latency: 190, hedged: { begun: 1, used: 1 } },
  }],
];

for (const [what, answerMs, localMs, { outcome, latency, hedged }] of CASES) {
  Deno.test(`a frame that is hedged: ${what}`, async () => {
    const run = oneFrame(answerMs, localMs);
    const { summary } = await run.end();
    const [record] = run.records;
    assert.deepEqual([record?.outcome, record?.latency_ms], [outcome, latency]);
    assert.deepEqual(summary.hedged, hedged);
    assert.equal(record?.fallback ?? false, outcome === "local", "the cloud failed on it");
    if (outcome === "local") assert.equal(record?.bytes_up, 1200, "what the attempt cost is told");
    assert.deepEqual(run.run.pending, { local: 0, cloud: 0 });
    assert.deepEqual(run.fake.underWay, { local: 0, cloud: 0 });
  });
}

Deno.test("a hedge that fails leaves the frame to what is done when the cloud fails", async () => {
  const run = oneFrame(5000, 20, {
    infer: () => () => Promise.reject(new Error("the worker stopped")),
  });
  const { summary } = await run.end();
  assert.equal(run.records[0]?.outcome, "failed");
  assert.deepEqual(summary.hedged, { begun: 1, used: 1 });
});

Deno.test("a hedge that waits for a Worker is given up when the answer comes", async () => {
  const run = new FakeRun({
    source: { frames: 4, everyMs: 10 },
    slots: 1,
    offloadsMax: 4,
    policy: always(HEDGED),
    infer: (clock) => async () => {
      await clock.sleep(40);
      return INFERRED;
    },
    offload: (clock) => async () => {
      await clock.sleep(120);
      return ANSWER;
    },
  });
  const { summary } = await run.end();
  assert.equal(summary.frames.cloud, 4);
  assert.ok(summary.hedged.begun < 4, `${summary.hedged.begun} began`);
  assert.equal(summary.hedged.used, 0);
  assert.ok(
    run.source.given.every(({ closed, usedAfterClose }) => closed === 1 && !usedAfterClose),
  );
});
