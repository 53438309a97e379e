/** What a simulation was worth: never only a mean. */

import { percentile } from "../../core/rolling_window.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import type { Recording } from "./recording.ts";
import type { Simulated, SimulatedFrame } from "./simulate.ts";

/** A mean, and between which values it lies with 95 % confidence. */
export interface Estimate {
  /** Over all frames. */
  readonly mean: number;
  /** 2.5th percentile of the bootstrapped means. */
  readonly low: number;
  /** 97.5th percentile of the bootstrapped means. */
  readonly high: number;
}

/** Frames by how they ended; they add up to those that the cameras delivered. */
export interface FramesByOutcome {
  /** Delivered by the cameras. */
  readonly captured: number;
  /** Inferred on the edge, in time or not. */
  readonly here: number;
  /** Inferred in the cloud, in time or not. */
  readonly cloud: number;
  /** Not worth inferring, as the policy decided. */
  readonly filtered: number;
  /** Dropped by a full queue, or passed over since a newer one came. */
  readonly dropped: number;
  /** Inferred nowhere. */
  readonly failed: number;
}

/** What a policy achieves on a video and a network. */
export interface Score {
  /**
   * Mean F1 over captured frames of what is known of each at its deadline: its own result, or the
   * latest of an earlier frame carried forward.
   */
  readonly accuracy: Estimate;
  /**
   * Mean F1 over captured frames of what is known at the moment of capture, of earlier frames: streaming
   * accuracy (Li et al., ECCV 2020), with F1 in place of AP.
   */
  readonly streaming: Estimate;
  /** How they ended. */
  readonly frames: FramesByOutcome;
  /** Frames, not filtered, without a result of their own in time. */
  readonly misses: number;
  /** Frames that the cloud failed on and the edge inferred: they count as `here`. */
  readonly fallbacks: number;
  /** Milliseconds from capture to result, of frames that have one; `null` without any. */
  readonly latencyMs:
    | { readonly mean: number; readonly p50: number; readonly p95: number; readonly p99: number }
    | null;
  /** Bytes that were sent. */
  readonly bytesUp: number;
  /** Seconds that servers were at work. */
  readonly serverSeconds: number;
}

/** Resamples of the bootstrap. */
const RESAMPLES = 500;

/** Seconds of a block: frames that are so near are alike. */
const BLOCK_S = 1;

/**
 * Scores a simulation.
 *
 * @param seed of the bootstrap.
 */
export function scoreOf(
  recording: Recording,
  { edges, serverSeconds }: Pick<Simulated, "edges" | "serverSeconds">,
  deadlineMs: number,
  seed: number,
): Score {
  const all = edges.flat();
  const inferred = all.filter(({ point }) => point !== undefined);
  const latencies = inferred.map((frame) => frame.endedAtMs - frame.capturedAtMs);
  const block = Math.max(1, Math.round(BLOCK_S * recording.profile.head.fps));
  const rng = seededRng(seed);
  return {
    accuracy: estimate(
      edges.map((frames) => accuracies(recording, frames, deadlineMs)),
      block,
      rng,
    ),
    streaming: estimate(edges.map((frames) => accuracies(recording, frames, 0)), block, rng),
    frames: outcomesOf(all),
    misses: all.filter((frame) => isMissed(frame, deadlineMs)).length,
    fallbacks: all.filter(({ outcome, toCloud }) => outcome === "local" && toCloud).length,
    latencyMs: latencies.length === 0 ? null : {
      mean: latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
      p50: percentile(latencies, 50)!,
      p95: percentile(latencies, 95)!,
      p99: percentile(latencies, 99)!,
    },
    bytesUp: all.reduce((sum, { bytesUp }) => sum + bytesUp, 0),
    serverSeconds,
  };
}

/** Whether a frame that was to be inferred has no result of its own in time. */
export function isMissed(
  { outcome, point, capturedAtMs, endedAtMs }: SimulatedFrame,
  deadlineMs: number,
): boolean {
  if (outcome === "filtered") return false;
  return point === undefined || endedAtMs - capturedAtMs > deadlineMs;
}

/** F1 of what is known of each frame so long after its capture: of the newest frame that has a result. */
export function accuracies(
  recording: Recording,
  frames: readonly SimulatedFrame[],
  afterMs: number,
): readonly number[] {
  return knownOf(frames, afterMs).map((known, i) => {
    const { place } = frames[i]!;
    return known ? recording.carried(known.place, known.point!, place) : recording.nothing(place);
  });
}

/**
 * Whose result is what is known of each frame so long after its capture: its own, or that of the newest
 * frame before it that has one by then; `undefined` where there is none.
 */
export function knownOf(
  frames: readonly SimulatedFrame[],
  afterMs: number,
): readonly (SimulatedFrame | undefined)[] {
  // Results in the order in which they come, each forgotten when one of a newer frame is there.
  const results = frames.filter(({ point }) => point !== undefined)
    .toSorted((a, b) => a.endedAtMs - b.endedAtMs || a.place - b.place);
  let next = 0;
  let newest: SimulatedFrame | undefined;
  return frames.map(({ place, capturedAtMs }) => {
    for (; next < results.length; next++) {
      const result = results[next]!;
      if (result.endedAtMs > capturedAtMs + afterMs) break;
      if (!newest || result.place > newest.place) newest = result;
    }
    // Where frames come faster than the deadline, results of later ones may be there before it.
    return newest && newest.place > place ? latestUpTo(results, next, place) : newest;
  });
}

function latestUpTo(results: readonly SimulatedFrame[], end: number, place: number) {
  let latest: SimulatedFrame | undefined;
  for (let i = 0; i < end; i++) {
    const result = results[i]!;
    if (result.place <= place && (!latest || result.place > latest.place)) latest = result;
  }
  return latest;
}

function outcomesOf(frames: readonly SimulatedFrame[]): FramesByOutcome {
  const count = (...outcomes: SimulatedFrame["outcome"][]) =>
    frames.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    captured: frames.length,
    here: count("local"),
    cloud: count("cloud"),
    filtered: count("filtered"),
    dropped: count("dropped", "passed_over"),
    failed: count("failed"),
  };
}

/**
 * A mean with its confidence interval: a circular block bootstrap (Politis and Romano, 1992), for
 * frames that follow each other are alike.
 */
export function estimate(
  series: readonly (readonly number[])[],
  block: number,
  rng: Rng,
): Estimate {
  const values = series.flat();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const blocks = Math.ceil(values.length / block);
  // Sums of `block` values in a row, from each place on.
  const sums = values.map((_, from) => {
    let sum = 0;
    for (let i = 0; i < block; i++) sum += values[(from + i) % values.length]!;
    return sum;
  });
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < blocks; i++) sum += sums[Math.floor(rng() * sums.length)]!;
    return sum / (blocks * block);
  });
  return { mean, low: percentile(means, 2.5)!, high: percentile(means, 97.5)! };
}
