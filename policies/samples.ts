/** Snapshots as they come: what a user's own policy is tried on when it is loaded. */

import type { ServerLoad } from "../core/model.ts";
import type { DispatchSnapshot } from "./dispatch/policy.ts";
import type { ControlSnapshot } from "./offload/policy.ts";

const LOAD: ServerLoad = {
  cpuUtilization: 0.4,
  memoryUtilization: 0.3,
  queueLength: 1,
  running: 2,
  workers: 2,
};

/** What an edge knows in the middle of a run. */
export const SAMPLE_CONTROL: ControlSnapshot = {
  source: "street.mp4",
  frame: {
    ...{ index: 21, ptsMs: 840, width: 1920, height: 1080, ageMs: 1.5 },
    ...{ difference: 0.02, motion: 0.05 },
  },
  service: "detection",
  last: {
    ...{ index: 19, ageMs: 80, count: 2, bestScore: 0.9, meanScore: 0.7 },
    labels: ["car", "person"],
  },
  results: [{
    ...{ index: 19, ptsMs: 760, place: "cloud", model: "yolox_nano", height: 480, quality: 85 },
    ...{ count: 2, meanScore: 0.7, agreements: [0.8, 0.7] },
  }],
  tracks: 2,
  local: {
    pending: 1,
    workers: 1,
    models: [{ name: "fastestdet", service: "detection", accuracy: 13, latencyMs: 20 }],
    latencyMs: 40,
    measuredAgoMs: 12,
  },
  cloud: {
    pending: 1,
    offloadsMax: 4,
    available: true,
    models: [{ name: "yolox_nano", service: "detection", accuracy: 25.8, latencyMs: 30 }],
    latencyMs: 90,
    networkMs: 40,
    queueMs: 5,
    inferMs: 40,
    uplinkBytesPerSec: 1_000_000,
    roundTripMs: 30,
    underWay: [{ bytes: 30_000, sinceMs: 12 }],
    recent: [{ model: "yolox_nano", bytes: 30_000, agoMs: 60, latencyMs: 90, networkMs: 40 }],
    measuredAgoMs: 60,
    recentFailures: 1,
    failuresInARow: 0,
    sent: [{ height: 480, quality: 85, bytes: 30_000 }],
    servers: [{
      name: "10.0.0.1:50051",
      load: LOAD,
      heardAgoMs: 60,
    }],
  },
  settings: { offloadHeight: 480, jpegQuality: 85, deadlineMs: 2000 },
  parameters: {},
};

/** Two servers, one of which has said nothing yet. */
export const SAMPLE_DISPATCH: DispatchSnapshot = {
  sequence: 0,
  model: "yolox_nano",
  candidates: [
    {
      name: "10.0.0.1:50051",
      inFlight: 1,
      load: LOAD,
      inFlightAtLoad: 1,
      latencyMs: 40,
      latencyNowMs: 44,
      report: { utilization: 0.8, requestsPerSecond: 40, failuresPerSecond: 0, agoMs: 60 },
    },
    {
      name: "10.0.0.2:50051",
      inFlight: 0,
      load: undefined,
      latencyMs: undefined,
    },
  ],
};
