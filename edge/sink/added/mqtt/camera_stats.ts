/** What a camera did since it was asked last: frames a second, latency, and all its frames by outcome. */

import { rounded } from "../../../../core/number.ts";
import { RollingWindow } from "../../../../core/rolling_window.ts";
import type { Outcome } from "../../../ledger.ts";
import type { FrameRecord } from "../../../record.ts";

/** Latencies that are looked back at. */
const LATENCIES_MAX = 1000;

/** In Frigate's names as far as it has them. */
export interface StatsOfCamera {
  /** Frames a second that came. */
  readonly camera_fps: number;
  /** Of these, the ones that were inferred, here or in the cloud. */
  readonly process_fps: number;
  /** Those that were dropped or failed. */
  readonly skipped_fps: number;
  /** As `process_fps`: each of those is searched for things. */
  readonly detection_fps: number;
  /** From capture to result, of frames that were inferred lately; `null` without any. */
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null };
  /** Frames of the run by outcome. */
  readonly frames: Readonly<Record<Outcome, number>>;
}

/** Adds up the frames of one camera. */
export class CameraStats {
  readonly #frames = { local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  readonly #latencies = new RollingWindow(LATENCIES_MAX);
  /** When it was asked last, and its frames then. */
  #before = { atMs: 0, frames: { ...this.#frames } };

  /** Takes a frame. */
  add({ outcome, latency_ms }: FrameRecord): void {
    this.#frames[outcome]++;
    if (outcome === "local" || outcome === "cloud") this.#latencies.add(latency_ms);
  }

  /** The numbers since the time before. @param nowMs on whatever clock */
  take(nowMs: number): StatsOfCamera {
    const { atMs, frames: before } = this.#before;
    const frames = { ...this.#frames };
    this.#before = { atMs: nowMs, frames };
    const rate = (...outcomes: readonly Outcome[]) => {
      const count = outcomes.reduce((sum, one) => sum + frames[one] - before[one], 0);
      return nowMs > atMs ? rounded(count * 1000 / (nowMs - atMs), 1) : 0;
    };
    const at = (p: number) => {
      const value = this.#latencies.percentile(p);
      return value === undefined ? null : rounded(value, 1);
    };
    return {
      camera_fps: rate("local", "cloud", "filtered", "dropped", "failed"),
      process_fps: rate("local", "cloud"),
      skipped_fps: rate("dropped", "failed"),
      detection_fps: rate("local", "cloud"),
      latency_ms: { p50: at(50), p95: at(95) },
      frames,
    };
  }

  /** Rates count from here. */
  begin(nowMs: number): void {
    this.#before = { ...this.#before, atMs: nowMs };
  }
}
