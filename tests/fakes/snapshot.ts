/** What the edge may know at the moment of a decision. */

import { pickIndex, type Rng } from "../../core/rng.ts";
import { anySnapshot } from "../../lab/contract/any_snapshot.ts";
import type { ControlSnapshot, RecentResult } from "../../policies/offload/policy.ts";
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
      motion: undefined,
      ...said.frame,
    },
    service: "detection",
    last: undefined,
    results: [],
    tracks: 0,
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

/** Frames in a row, of one size and with the same models, and anything between them: what a run may come to. */
export function anyFrames(
  rng: Rng,
  frames: number,
  parameters: ControlSnapshot["parameters"],
): readonly ControlSnapshot[] {
  const first = anySnapshot(rng);
  const everyMs = 20 + pickIndex(rng, 80);
  const results: RecentResult[] = [];
  return Array.from({ length: frames }, (_, i) => {
    const index = i + 1;
    const here = { ...first.frame, index, ptsMs: i * everyMs, ageMs: pickIndex(rng, 5) };
    if (i > 3 && rng() < 0.7) results.push(anyResult(rng, index - 3, everyMs, results.length));
    const { cloud } = anySnapshot(rng);
    const recent = Array.from({ length: pickIndex(rng, 8) }, () => ({
      model: first.cloud.models[0]?.name ?? "gone",
      bytes: 1 + pickIndex(rng, 50_000),
      agoMs: pickIndex(rng, 500),
      latencyMs: 1 + pickIndex(rng, 300),
      networkMs: rng() < 0.2 ? undefined : pickIndex(rng, 200),
    }));
    return {
      ...{ ...first, frame: here, results: results.slice(-8), parameters },
      cloud: { ...cloud, models: first.cloud.models, recent },
    };
  });
}

function anyResult(rng: Rng, index: number, everyMs: number, before: number): RecentResult {
  const isCloud = rng() < 0.5;
  const count = pickIndex(rng, 4);
  return {
    ...{ index, ptsMs: (index - 1) * everyMs, model: "m0", count },
    place: isCloud ? "cloud" : "local",
    height: isCloud ? [160, 240, 320, 480][pickIndex(rng, 4)]! : 0,
    quality: isCloud ? [40, 65, 85][pickIndex(rng, 3)]! : 0,
    meanScore: count === 0 ? 0 : rng(),
    agreements: Array.from({ length: Math.min(7, before) }, () => rng()),
  };
}
