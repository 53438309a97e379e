/** A small study, made by hand: two videos on one network, two policies and the bound. */

import type { Result, Study } from "../../lab/study/study.ts";

/** What differs between two results. */
interface Made {
  readonly accuracy: number;
  readonly toCloud: boolean;
  readonly offGrid?: number;
  readonly detail?: string;
}

/** Frames of a cell: three seconds of ten frames each. */
const FRAMES = 30;

/** F1 of the bound. */
const BOUND = 0.9;

function result(policy: string, { accuracy, toCloud, offGrid = 0, detail = "" }: Made): Result {
  const each = (value: number) => [value, value, value];
  const estimate = { mean: accuracy, low: accuracy - 0.05, high: accuracy + 0.05 };
  const frames = { captured: FRAMES, filtered: 0, dropped: 3, failed: 0 };
  const inferred = FRAMES - frames.dropped;
  return {
    ...{ policy, detail, accuracy, offGrid, shareOfBound: accuracy / BOUND },
    score: {
      accuracy: estimate,
      streaming: estimate,
      frames: { ...frames, here: toCloud ? 0 : inferred, cloud: toCloud ? inferred : 0 },
      misses: frames.dropped,
      fallbacks: 0,
      latencyMs: { mean: 60, p50: 60, p95: 100, p99: 108 },
      bytesUp: toCloud ? 270_000 : 0,
      serverSeconds: toCloud ? 1.25 : 0,
    },
    latencyQuantilesMs: Array.from({ length: 101 }, (_, i) => 10 + i),
    timeline: {
      here: each(toCloud ? 0 : 9),
      cloud: each(toCloud ? 9 : 0),
      filtered: each(0),
      missed: each(1),
      bytesUp: each(toCloud ? 90_000 : 0),
      accuracy: each(accuracy),
    },
  };
}

const ORACLE: Result = {
  ...{ policy: "oracle", detail: "within 0.4 %", score: null, timeline: null, offGrid: 0 },
  ...{ accuracy: BOUND, shareOfBound: 1, latencyQuantilesMs: [] },
};

/** The study; `video` is the name of its first video, `policy` that of its second policy. */
export function handMadeStudy(
  { video = "door", policy = "./mine.ts" }: { video?: string; policy?: string } = {},
): Study {
  const cell = (at: number, name: string, better: number) => ({
    ...{ at, video: name, network: "umts", fps: 10, uplink: [250_000, 125_000, 250_000] },
    results: [
      ORACLE,
      result("always_local_fastest_model", { accuracy: 0.5, toCloud: false }),
      result(policy, { accuracy: better, toCloud: true, offGrid: 7, detail: "mine 240p q40" }),
    ],
  });
  return {
    form: 1,
    plan: {
      profiles: ["/profiles/door", "/profiles/it's here"],
      networks: ["umts"],
      directory: "/home/me",
      policies: [
        { name: "oracle", parameters: {} },
        { name: "always_local_fastest_model", parameters: {} },
        { name: policy, parameters: { pending_threshold: 2 } },
      ],
      setting: {
        ...{ deadlineMs: 150, seed: 7, edges: 1 },
        edge: { workers: 1, speed: 0.25, models: ["fastestdet"] },
        cloud: { servers: 1, workers: 2, speed: 2, models: ["yolox_nano", "picodet_s_416"] },
        options: {
          ...{ offloadsMax: 4, queueLengthMax: 10, overflow: "wait", onCloudFailure: "local" },
          ...{ offloadHeight: 240, jpegQuality: 80, monitorIntervalMs: 2000 },
        },
      },
      seconds: undefined,
    },
    shard: { index: 1, count: 1 },
    cells: [cell(0, video, 0.8), cell(1, "street", 0.4)],
  };
}
