import assert from "node:assert/strict";
import type { Frame } from "../core/frame.ts";
import { FakePicture } from "../tests/fakes/source.ts";
import { type Decided, type Ending, type FrameRecord, recordOf } from "./record.ts";
import { snapshot } from "../tests/fakes/snapshot.ts";

const frame: Frame = {
  index: 12,
  capturedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  startAtMs: 1000,
  picture: new FakePicture(1234.56789),
};
const here: Decided = {
  snapshot: snapshot(),
  policy: "p",
  decision: { place: "local", model: "fast", reason: "idle" },
};
const there: Decided = {
  snapshot: snapshot(),
  policy: "p",
  decision: { place: "cloud", model: "big", height: 360, quality: 75, reason: "busy" },
};
const traffic = { bytesUp: 1000, bytesDown: 200 };
const findings = {
  detections: [{ label: "car", class_id: 2, score: 0.123456, box: [1.23456, 2, 3.999, 4.005] }],
} as const;
const rounded = [{ label: "car", class_id: 2, score: 0.1235, box: [1.23, 2, 4, 4] }];

// In one piece: a table of every ending and its whole record.
Deno.test("every ending has its record", () => {
  const captured = {
    frame: 12,
    source: "the door",
    pts_ms: 1234.568,
    captured_at: "2026-01-02T03:04:05.678Z",
    width: 640,
    height: 360,
    latency_ms: 12.35,
  };
  const quiet = { model: null, bytes_up: 0, bytes_down: 0, server: null };
  const idle = { policy: "p", reason: "idle", height: null, quality: null };
  const busy = { policy: "p", reason: "busy", height: 360, quality: 75 };
  const cases: [
    what: string,
    decided: Decided | undefined,
    ending: Ending,
    wanted: Partial<FrameRecord>,
  ][] = [
    ["inferred here", here, { outcome: "local", model: "fast", findings }, {
      ...quiet,
      outcome: "local",
      model: "fast",
      detections: rounded as never,
      decision: idle,
    }],
    ["inferred in the cloud", there, {
      outcome: "cloud",
      model: "big",
      findings,
      server: "s1",
      traffic,
    }, {
      outcome: "cloud",
      model: "big",
      server: "s1",
      detections: rounded as never,
      decision: busy,
      bytes_up: 1000,
      bytes_down: 200,
    }],
    ["inferred here because the cloud failed", there, {
      outcome: "local",
      model: "fast",
      findings: { classifications: [{ label: "cat", class_id: 1, score: 0.99999 }] },
      fallback: "it answers 503",
      traffic,
    }, {
      outcome: "local",
      detail: "it answers 503",
      fallback: true,
      model: "fast",
      server: null,
      classifications: [{ label: "cat", class_id: 1, score: 1 }],
      decision: busy,
      bytes_up: 1000,
      bytes_down: 200,
    }],
    ["filtered", {
      ...here,
      decision: { place: "filter", reason: "dark" },
    }, {
      outcome: "filtered",
      detail: "dark",
    }, {
      ...quiet,
      outcome: "filtered",
      detail: "dark",
      decision: { policy: "p", reason: "dark", height: null, quality: null },
    }],
    ["dropped before anything was decided", undefined, { outcome: "dropped", detail: "late" }, {
      ...quiet,
      outcome: "dropped",
      detail: "late",
      decision: null,
    }],
    ["failed after it was sent", there, { outcome: "failed", detail: "broken", traffic }, {
      ...quiet,
      outcome: "failed",
      detail: "broken",
      decision: busy,
      bytes_up: 1000,
      bytes_down: 200,
    }],
  ];
  for (const [what, decided, ending, wanted] of cases) {
    const shown = "findings" in ending ? { findings: ending.findings } : undefined;
    const end = { source: "the door", decided, ending, shown, latencyMs: 12.3456 };
    const record = recordOf(frame, end);
    assert.deepEqual(record, { ...captured, ...wanted }, what);
  }
});

Deno.test("why a frame came to nothing is told without passwords", () => {
  const ending = { outcome: "failed", detail: "Cannot read rtsp://me:s3cret@cam/1" } as const;
  const nothing = { decided: undefined, shown: undefined };
  const record = recordOf(frame, { source: "s", ...nothing, ending, latencyMs: 1 });
  assert.equal(record.detail, "Cannot read rtsp://me:***@cam/1");
});
