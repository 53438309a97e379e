import assert from "node:assert/strict";
import { FrameLedger } from "./ledger.ts";
import type { Ending } from "./record.ts";
import { RUN_FACTS } from "../tests/fakes/run_facts.ts";
import { RunStatistics } from "./statistics.ts";

const findings = { detections: [] };
const local = (model: string, fallback?: string): Ending => ({
  outcome: "local",
  model,
  findings,
  ...(fallback === undefined ? {} : { fallback, traffic: { bytesUp: 50, bytesDown: 5 } }),
});
const cloud: Ending = {
  outcome: "cloud",
  model: "big",
  findings,
  server: "s1",
  traffic: { bytesUp: 1000, bytesDown: 100 },
};

Deno.test("a run without frames has no latencies", () => {
  const none = { p50: null, p95: null, p99: null };
  const statistics = new RunStatistics();
  assert.deepEqual(statistics.summary({ ...RUN_FACTS, ledger: new FrameLedger(), wallMs: 0 }), {
    source: "a",
    input: "clips/a.mp4",
    policy: "p",
    frames: { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 },
    fallbacks: 0,
    hedged: { begun: 0, used: 0 },
    second_looks: { begun: 0, used: 0 },
    shadow: { asked: 0, agreed: 0 },
    late_decisions: 0,
    cloud_outages: { count: 2, seconds: 1.5 },
    passed_over: 3,
    left_out: { "damaged packets": 1 },
    interruptions: { count: 1, seconds: 2.5 },
    ...{ tracks: 3, lines: { gate: { in: 2, out: 1 } }, events_left_out: 0, rules: {} },
    seed: 7,
    fps: 0,
    wall_s: 0,
    latency_ms: { local: none, cloud: none },
    bytes: { up: 0, down: 0 },
    models: {},
    sinks: { db: { written: 3, dropped: 1, failed: 0 } },
    clips: { written: 0, failed: 0 },
  });
  assert.equal(statistics.medianMs("local"), null);
});

Deno.test("the summary adds up what the frames were", () => {
  const ledger = new FrameLedger();
  const statistics = new RunStatistics();
  const endings: [ending: Ending, latencyMs: number][] = [
    [local("fast"), 10],
    [local("fast"), 20],
    [local("fast", "it answers 503"), 90],
    [local("slow"), 30],
    [cloud, 200],
    [{ outcome: "failed", detail: "x", traffic: { bytesUp: 7, bytesDown: 0 } }, 999],
    [{ outcome: "dropped", detail: "x" }, 999],
    [{ outcome: "filtered", detail: "x" }, 999],
  ];
  endings.forEach(([ending, latencyMs], i) => {
    ledger.open(i);
    ledger.settle(i, ending.outcome);
    statistics.add(ending, latencyMs, 0);
  });
  const summary = statistics.summary({ ...RUN_FACTS, ledger });
  assert.deepEqual(summary.frames, {
    captured: 8,
    local: 4,
    cloud: 1,
    filtered: 1,
    dropped: 1,
    failed: 1,
  });
  assert.deepEqual(summary.bytes, { up: 1057, down: 105 });
  assert.deepEqual(summary.models, { fast: 3, slow: 1, big: 1 });
  assert.deepEqual([summary.fallbacks, summary.fps, summary.wall_s], [1, 2.5, 2]);
  assert.equal(summary.error, undefined);
  assert.equal(statistics.medianMs("local"), summary.latency_ms.local.p50);
});

Deno.test("latencies are told to three digits, in bounded memory", () => {
  const statistics = new RunStatistics();
  for (let frame = 1; frame <= 1000; frame++) statistics.add(local("fast"), frame / 10, 0);
  statistics.add(cloud, 0, 0);
  const { latency_ms } = statistics.summary({ ...RUN_FACTS, ledger: new FrameLedger() });
  for (const [p, wanted] of [["p50", 50], ["p95", 95], ["p99", 99]] as const) {
    assert.ok(Math.abs(latency_ms.local[p]! / wanted - 1) < 0.005, `${p}: ${latency_ms.local[p]}`);
  }
  assert.equal(latency_ms.cloud.p50, 0);
});

Deno.test("a summary holds no password, and says what ended the run", () => {
  const source = "rtsp://admin:secret@10.0.0.1/cam";
  const summary = new RunStatistics()
    .summary({ ...RUN_FACTS, ledger: new FrameLedger(), source, error: `Cannot read ${source}` });
  assert.equal(summary.source, "rtsp://admin:***@10.0.0.1/cam");
  assert.equal(summary.error, "Cannot read rtsp://admin:***@10.0.0.1/cam");
});
