import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import { always, ANSWER, CLOUD, FakeRun, FOUND, INFERRED, LOCAL } from "../tests/fakes/run.ts";
import { OffloadError } from "./cloud/offload_client.ts";

const LOST = { bytesUp: 900, bytesDown: 10 };
const noCloud = () => () => Promise.reject(new OffloadError("it answers 503", LOST, "refused"));

Deno.test("a frame that is decided for the edge is inferred here, with the model that was named", async () => {
  const asked: unknown[] = [];
  const models = { directory: "", detection: [], classification: [], scoreThreshold: 0.7 };
  const run = new FakeRun({
    source: { frames: 1 },
    options: { models },
    infer: (clock) => async (_, request) => {
      asked.push(request);
      await clock.sleep(30);
      return INFERRED;
    },
  });
  assert.equal((await run.end()).failure, undefined);
  assert.deepEqual(asked, [{ model: "fast", service: "detection", scoreThreshold: 0.7 }]);
  assert.deepEqual(run.records, [{
    frame: 1,
    source: "fake",
    pts_ms: 0,
    captured_at: "2026-01-02T03:04:05.000Z",
    outcome: "local",
    model: "fast",
    width: 640,
    height: 360,
    detections: [{ ...FOUND.detections[0], track_id: 1 }],
    decision: { policy: "scripted", reason: "here", height: null, quality: null },
    latency_ms: 30,
    bytes_up: 0,
    bytes_down: 0,
    server: null,
  }]);
  assert.equal(run.fake.node.estimates.local().latencyMs, 30);
});

Deno.test("a frame that is decided for the cloud is downsized, sent, and its boxes scaled back", async () => {
  const run = new FakeRun({
    source: { frames: 1 },
    policy: always(CLOUD),
    offload: (clock) => async () => {
      await clock.sleep(60);
      return ANSWER;
    },
  });
  await run.end();
  assert.deepEqual(run.source.given[0]!.encoded, [
    { size: { width: 320, height: 180 }, quality: 70 },
  ]);
  const [record] = run.records;
  assert.deepEqual(record?.detections?.map(({ box }) => box), [[64, 36, 128, 72]]);
  assert.deepEqual(
    [record?.outcome, record?.model, record?.server, record?.bytes_up, record?.bytes_down],
    ["cloud", "accurate", "s1", 1200, 300],
  );
  const { latencyMs, networkMs } = run.fake.node.estimates.cloud();
  assert.deepEqual([latencyMs, networkMs], [60, ANSWER.timingsMs.network]);
});

Deno.test("a frame is never sent larger than it is", async () => {
  const run = new FakeRun({ source: { frames: 1 }, policy: always({ ...CLOUD, height: 2000 }) });
  await run.end();
  assert.deepEqual(run.source.given[0]!.encoded[0]!.size, { width: 640, height: 360 });
});

Deno.test("what the cloud fails on ends as the options say, with the bytes that it cost", async () => {
  const cases = [
    {
      what: "inferred here by the fastest model",
      script: { localModels: ["fast", "slow"] },
      wanted: { outcome: "local", model: "fast", fallback: true, detail: "it answers 503" },
    },
    {
      what: "dropped",
      script: { options: { onCloudFailure: "drop" } },
      wanted: {
        outcome: "dropped",
        model: null,
        fallback: undefined,
        detail: "the cloud failed: it answers 503",
      },
    },
    {
      what: "no model here",
      script: { localModels: [] },
      wanted: {
        outcome: "failed",
        model: null,
        fallback: undefined,
        detail: "the cloud failed: it answers 503; no model here",
      },
    },
    {
      what: "the edge fails too",
      script: { infer: () => () => Promise.reject(new Error("the worker stopped")) },
      wanted: { outcome: "failed", model: null, fallback: undefined, detail: "the worker stopped" },
    },
  ] as const;
  for (const { what, script, wanted } of cases) {
    const run = new FakeRun({
      source: { frames: 1 },
      policy: always(CLOUD),
      offload: noCloud,
      ...script,
    });
    const { failure } = await run.end();
    const [record] = run.records;
    const { outcome, model, fallback, detail } = record!;
    const ended = outcome === "local" ? /^$/ : /Cannot do anything with the 1 frames: /;
    assert.match(failure?.message ?? "", ended, `${what}: the run went to its end`);
    assert.deepEqual({ outcome, model, fallback, detail }, wanted, what);
    assert.deepEqual([record!.bytes_up, record!.bytes_down], [900, 10], what);
    assert.equal(record!.decision?.height, 180, `${what}: what was decided is told`);
  }
});

Deno.test("frames that a queue drops are none of those that are asked for", async () => {
  for (const overflow of ["drop_oldest", "drop_newest"] as const) {
    const run = new FakeRun({
      source: { frames: 100, everyMs: 10 },
      infer: (clock) => async () => {
        await clock.sleep(50);
        return { findings: { detections: [] }, timingsMs: {} as never };
      },
      options: { overflow, queueLengthMax: 1, framesMax: 6 },
    });
    const { summary: { frames } } = await run.end();
    assert.equal(frames.local, 6, overflow);
    assert.equal(frames.captured, 6 + frames.dropped);
    assert.ok(frames.dropped > 0);
  }
});

Deno.test("a frame that the policy filters is not inferred, and says why", async () => {
  const run = new FakeRun({
    policy: always({ place: "filter", reason: "nothing moves" }),
    infer: () => () => assert.fail("it is inferred"),
    offload: () => () => assert.fail("it is offloaded"),
  });
  await run.end();
  assert.deepEqual(run.run.ledger.counts().filtered, 5);
  assert.equal(run.records[0]?.detail, "nothing moves");
});

Deno.test("a picture that cannot be read is a failed frame; the run goes on", async () => {
  const run = new FakeRun({ source: { frames: 3, unreadable: [2] } });
  assert.equal((await run.end()).failure, undefined);
  assert.deepEqual(run.records.map(({ outcome }) => outcome), ["local", "failed", "local"]);
  assert.deepEqual([run.records[1]?.detail, run.records[1]?.decision], ["Cannot read it", null]);
});

Deno.test("what ends a run early is told, and what there was is stored", async () => {
  const cases: [what: string, run: FakeRun, code: string, message: RegExp, frames: number][] = [
    [
      "the source breaks off",
      new FakeRun({ source: { frames: 9, breaksAt: 4 } }),
      "failed_precondition",
      /^Cannot read "fake": it broke at 4$/,
      3,
    ],
    [
      "the policy throws",
      new FakeRun({
        policy: ({ frame }) => {
          if (frame.index === 3) throw new Error("no idea");
          return LOCAL;
        },
      }),
      "internal",
      /^Cannot decide about frame 3 with the policy "scripted": no idea$/,
      3,
    ],
    [
      "the policy decides what cannot be done",
      new FakeRun({ policy: () => ({ place: "local", model: "huge", reason: "" }) }),
      "internal",
      /frame 1 .*its decision names the model "huge", which is not offered there/,
      1,
    ],
    [
      "the disk is full",
      new FakeRun({
        options: { queueLengthMax: 1 },
        sinks: [{
          write: () => Promise.reject(new SmarteyeError("failed_precondition", "no space")),
        }],
      }),
      "failed_precondition",
      /^no space$/,
      5,
    ],
  ];
  for (const [what, run, code, message, framesMax] of cases) {
    const { failure } = await run.end();
    assert.equal(failure?.code, code, what);
    assert.match(failure!.message, message, what);
    assert.ok(run.records.length >= 1 && run.records.length <= framesMax, what);
    assert.ok(run.source.given.every(({ closed }) => closed === 1), what);
  }
});

Deno.test("a full queue drops by its rule, and the record names it", async () => {
  const slow = {
    options: { overflow: "drop_oldest", queueLengthMax: 2 },
    source: { frames: 8 },
    infer: (clock) => async () => {
      await clock.sleep(100);
      return INFERRED;
    },
  } satisfies ConstructorParameters<typeof FakeRun>[0];
  const oldest = new FakeRun(slow);
  await oldest.end();
  const newest = new FakeRun({ ...slow, options: { ...slow.options, overflow: "drop_newest" } });
  await newest.end();
  const dropped = (run: FakeRun) =>
    run.records.filter(({ outcome }) => outcome === "dropped").map(({ frame }) => frame);
  assert.deepEqual(dropped(newest), [5, 6, 7, 8]);
  assert.deepEqual(dropped(oldest), [3, 4, 5, 6]);
  const lost = oldest.records.find(({ outcome }) => outcome === "dropped");
  assert.equal(lost?.detail, "the queue of 2 frames was full (overflow = drop_oldest)");
  assert.equal(lost?.decision?.reason, "here", "what had been decided is told");
});

Deno.test("told to drain, a run captures no more and finishes what it has", async () => {
  const run = new FakeRun({
    source: { frames: 1000, everyMs: 10 },
    drainAtMs: 205,
    infer: (clock) => async () => {
      await clock.sleep(500);
      return INFERRED;
    },
  });
  assert.equal((await run.end()).failure, undefined);
  const { captured, local } = run.run.ledger.counts();
  assert.ok(captured < 30, `${captured} frames`);
  assert.equal(captured, local);
});

Deno.test("the policy sees what waits and what the frames before took", async () => {
  const seen: { pending: number; latencyMs: number | undefined }[] = [];
  const run = new FakeRun({
    source: { frames: 4, everyMs: 20 },
    policy: ({ local: { pending, latencyMs } }) => {
      seen.push({ pending, latencyMs });
      return LOCAL;
    },
    infer: (clock) => async () => {
      await clock.sleep(50);
      return INFERRED;
    },
  });
  await run.end();
  assert.deepEqual(seen, [
    { pending: 0, latencyMs: undefined },
    { pending: 1, latencyMs: undefined },
    { pending: 2, latencyMs: undefined },
    { pending: 2, latencyMs: 50 },
  ]);
});
