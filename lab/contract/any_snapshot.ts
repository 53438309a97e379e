/** Snapshots that an edge may come to, drawn by chance: all that is known of a frame, or hardly anything. */

import type { ModelProfile } from "../../core/model.ts";
import { pickIndex, type Rng } from "../../core/rng.ts";
import type {
  ControlSnapshot,
  LastFindings,
  RecentOffload,
  RecentResult,
  ServerReport,
} from "../../policies/offload/policy.ts";

/** What stays the same from one frame of a run to the next. */
export interface SameRun extends Pick<ControlSnapshot, "settings"> {
  /** Models that can infer here. */
  readonly localModels: readonly ModelProfile[];
  /** Models that the cloud offers. */
  readonly cloudModels: readonly ModelProfile[];
  /** Size of the frames, pixels. */
  readonly size: { readonly width: number; readonly height: number };
}

/** Which frame of a run it is. */
export type FramePlace = Pick<ControlSnapshot["frame"], "index" | "ptsMs">;

/** A run that an edge may be at; both places offer at least one model. */
export function anyRun(rng: Rng): SameRun {
  const { upTo, perhaps } = drawing(rng);
  const models = () =>
    Array.from({ length: 1 + upTo(3) }, (_, i): ModelProfile => ({
      name: `m${i}`,
      service: "detection",
      accuracy: perhaps(upTo(100)),
      latencyMs: perhaps(upTo(100)),
    }));
  return {
    localModels: models(),
    cloudModels: models(),
    size: { width: 16 + upTo(4000), height: 16 + upTo(2000) },
    settings: {
      offloadHeight: 16 + upTo(2000),
      jpegQuality: 1 + upTo(99),
      deadlineMs: 1 + upTo(10_000),
    },
  };
}

/** Any snapshot; both places offer at least one model. It has no parameters, and no state. */
export function anySnapshot(
  rng: Rng,
  run: SameRun = anyRun(rng),
  place: FramePlace = anyPlace(rng),
): ControlSnapshot {
  const { upTo, perhaps } = drawing(rng);
  const results = anyResults(rng, run, place);
  const frame = { ...place, ...run.size, ageMs: upTo(50), difference: perhaps(rng()) };
  const around = {
    source: "camera",
    service: "detection",
    last: lastOf(results.at(-1), place, rng),
    results,
    tracks: results.at(-1)?.count ?? 0,
    local: {
      pending: upTo(20),
      workers: 1 + upTo(4),
      models: run.localModels,
      latencyMs: perhaps(upTo(500)),
      measuredAgoMs: perhaps(upTo(60_000)),
    },
    cloud: anyCloud(rng, run),
    settings: run.settings,
    parameters: {},
  } as const;
  return { ...around, frame: { ...frame, motion: perhaps(rng()) } };
}

function anyPlace(rng: Rng): FramePlace {
  const { upTo } = drawing(rng);
  return { index: 1 + upTo(1000), ptsMs: upTo(1e6) };
}

/** At most eight, of frames before this one, at 25 frames a second. */
function anyResults(rng: Rng, run: SameRun, place: FramePlace): readonly RecentResult[] {
  const { upTo } = drawing(rng);
  const count = Math.min(upTo(8), place.index - 1);
  return Array.from({ length: count }, (_, i): RecentResult => {
    const before = count - i;
    const isHere = rng() < 0.5;
    const models = isHere ? run.localModels : run.cloudModels;
    const found = upTo(5);
    return {
      index: place.index - before,
      ptsMs: place.ptsMs - 40 * before,
      place: isHere ? "local" : "cloud",
      model: models[pickIndex(rng, models.length)]?.name ?? "m0",
      height: isHere ? 0 : run.settings.offloadHeight,
      quality: isHere ? 0 : run.settings.jpegQuality,
      count: found,
      meanScore: found === 0 ? 0 : rng(),
      agreements: Array.from({ length: Math.min(i, 7) }, rng),
    };
  });
}

function lastOf(
  result: RecentResult | undefined,
  place: FramePlace,
  rng: Rng,
): LastFindings | undefined {
  if (!result) return undefined;
  const { index, ptsMs, count, meanScore } = result;
  const labels = ["person", "car", "dog"].slice(0, Math.min(count, 1 + pickIndex(rng, 3)));
  const bestScore = meanScore + (1 - meanScore) * (count > 0 ? rng() : 0);
  return { index, ageMs: place.ptsMs - ptsMs, count, bestScore, meanScore, labels };
}

function anyCloud(rng: Rng, run: SameRun): ControlSnapshot["cloud"] {
  const { upTo, perhaps } = drawing(rng);
  const pending = upTo(20);
  const offloadsMax = 1 + upTo(8);
  const failuresInARow = rng() < 0.7 ? 0 : upTo(5);
  const recent = Array.from({ length: upTo(20) }, (_, i, ended = rng() < 0.8): RecentOffload => {
    const latencyMs = 1 + upTo(2000);
    const networkMs = ended ? latencyMs * rng() : undefined;
    const model = run.cloudModels.length > 0
      ? run.cloudModels[pickIndex(rng, run.cloudModels.length)]!.name
      : "gone";
    return { model, bytes: 1000 + upTo(1e5), agoMs: 60 * (20 - i), latencyMs, networkMs };
  });
  const { offloadHeight: height, jpegQuality: quality } = run.settings;
  return {
    pending,
    offloadsMax,
    available: rng() < 0.5,
    models: run.cloudModels,
    latencyMs: perhaps(upTo(2000)),
    networkMs: perhaps(upTo(1000)),
    queueMs: perhaps(upTo(500)),
    inferMs: perhaps(upTo(500)),
    uplinkBytesPerSec: perhaps(1 + upTo(1e7)),
    roundTripMs: perhaps(upTo(500)),
    underWay: Array.from({ length: Math.min(pending, offloadsMax) }, () => (
      { bytes: 1000 + upTo(1e5), sinceMs: upTo(1000) }
    )).sort((a, b) => b.sinceMs - a.sinceMs),
    recent,
    measuredAgoMs: perhaps(upTo(60_000)),
    recentFailures: failuresInARow + upTo(3),
    failuresInARow,
    sent: rng() < 0.5 ? [] : [{ height, quality, bytes: 1000 + upTo(1e5) }],
    servers: Array.from({ length: upTo(3) }, (_, i) => anyServer(rng, i)),
  };
}

function anyServer(rng: Rng, i: number): ServerReport {
  const { upTo } = drawing(rng);
  return {
    name: `10.0.0.${i + 1}:50051`,
    load: {
      ...{ cpuUtilization: rng(), memoryUtilization: rng() },
      ...{ queueLength: upTo(10), running: upTo(4), workers: 1 + upTo(4) },
    },
    heardAgoMs: upTo(60_000),
  };
}

/** A whole number of 0 to `most`, and what is not always known. */
function drawing(rng: Rng) {
  return {
    upTo: (most: number) => pickIndex(rng, most + 1),
    perhaps: (value: number) => rng() < 0.3 ? undefined : value,
  };
}
