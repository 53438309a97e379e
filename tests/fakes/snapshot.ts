/** What the edge may know at the moment of a decision. */

import type { ControlSnapshot } from "../../policies/offload/policy.ts";
import { profile } from "./models.ts";

type Said =
  & {
    readonly [K in "frame" | "local" | "cloud" | "settings"]?: Partial<ControlSnapshot[K]>;
  }
  & Partial<Pick<ControlSnapshot, "parameters" | "state">>;

/** A snapshot of an idle edge with a fast model and a cloud with an accurate one, unless said otherwise. */
export function snapshot(said: Said = {}): ControlSnapshot {
  return {
    source: "fake",
    frame: {
      index: 1,
      ptsMs: 0,
      width: 1280,
      height: 720,
      ageMs: 0,
      difference: undefined,
      ...said.frame,
    },
    service: "detection",
    last: undefined,
    results: [],
    local: {
      pending: 0,
      workers: 1,
      models: [profile("fast", 5, 13), profile("slow", 40, 30)],
      latencyMs: undefined,
      measuredAgoMs: undefined,
      ...said.local,
    },
    cloud: {
      pending: 0,
      offloadsMax: 4,
      available: true,
      models: [profile("fast", 2, 13), profile("accurate", 20, 45)],
      latencyMs: undefined,
      networkMs: undefined,
      queueMs: undefined,
      inferMs: undefined,
      uplinkBytesPerSec: undefined,
      roundTripMs: undefined,
      underWay: [],
      recent: [],
      measuredAgoMs: undefined,
      recentFailures: 0,
      failuresInARow: 0,
      sent: [],
      servers: [],
      ...said.cloud,
    },
    settings: {
      offloadHeight: 360,
      jpegQuality: 75,
      deadlineMs: 1000,
      ...said.settings,
    },
    parameters: said.parameters ?? {},
    state: said.state,
  };
}
