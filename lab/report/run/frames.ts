/** What all frames of a run come to, one line at a time. */

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { FrameRecord } from "../../../edge/record.ts";
import { Extremes, type KeptFrame } from "./extremes.ts";
import { ShadowTally } from "./shadow.ts";
import { Tally } from "./tally.ts";

/** How a frame may end, as the results have it. */
export const OUTCOMES = ["local", "cloud", "filtered", "dropped", "failed"] as const;

/** As an edge counts them: three digits of microseconds. */
const TICKS_PER_MS = 1000;

/** More than any frame takes, and less than a histogram refuses. */
const TICKS_MAX = 1e15;

/** Latencies of one place. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram();

  /** How many there are. */
  get count(): number {
    return this.#histogram.count;
  }

  /** Counts one. */
  add(ms: number): void {
    const ticks = Math.round(ms * TICKS_PER_MS);
    this.#histogram.record(Math.min(TICKS_MAX, Math.max(1, ticks)));
  }

  /** Milliseconds that so many in a hundred were within, of 0 the least; `null` without any. */
  percentile(p: number): number | null {
    if (this.count === 0) return null;
    const ticks = p === 0 ? this.#histogram.min : this.#histogram.percentile(p);
    return Number((ticks / TICKS_PER_MS).toFixed(2));
  }
}

/** Size and quality that frames were sent at. */
export interface SentAs {
  /** Pixels. */
  readonly height: number;
  /** Of the JPEG. */
  readonly quality: number;
  /** How many. */
  readonly frames: number;
  /** Bytes that were sent for them. */
  readonly bytesUp: number;
}

/** What frames were sent as. */
export interface Sent {
  /** The most frequent first. */
  readonly top: readonly SentAs[];
  /** All others together. */
  readonly rest: { readonly frames: number; readonly bytesUp: number };
}

/** Sizes and qualities that are told from each other. */
const SENT_MAX = 500;

/** Adds up frames. */
export class Frames {
  /** Frames by outcome: they come to `captured`. */
  readonly counts = { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  /** Between edge and forwarder. */
  readonly bytes = { up: 0, down: 0 };
  /** From capture to result, by place. */
  readonly latencies = { local: new Latencies(), cloud: new Latencies() };
  /** Frames by the model that inferred them. */
  readonly models = new Tally();
  /** Frames by the policy that decided about them. */
  readonly policies = new Tally();
  /** Frames by why it was decided so; numbers in it are `N`. */
  readonly reasons = new Tally();
  /** Frames by why they were filtered, dropped or failed, or the cloud could not do it. */
  readonly details = new Tally();
  /** What the candidate of a shadow policy would have done. */
  readonly shadow = new ShadowTally();
  /** Things that were found, by label. */
  readonly labels = new Tally();
  /** Frames that took long. */
  readonly slowest = new Extremes();
  /** Frames with a high mean score. */
  readonly surest = new Extremes();
  /** Frames with a low mean score. */
  readonly doubtful = new Extremes();
  readonly #sent = new Map<string, SentAs>();
  readonly #unnamed = { frames: 0, bytesUp: 0 };
  /** Frames that the cloud failed on and the edge inferred. */
  fallbacks = 0;
  /** When the first one was captured, milliseconds since the Unix epoch. */
  firstMs: number | undefined;
  /** When the last result was there. */
  lastMs: number | undefined;
  /** The source, as the first line names it. */
  source: string | undefined;
  /** The greatest number of a frame. */
  lastFrame = 0;

  /**
   * Has counted nothing yet.
   *
   * @param isShown whether a frame may be one of the best and worst: with a picture, where there are any.
   */
  constructor(private readonly isShown: (frame: number) => boolean = () => true) {}

  /** Counts a frame. @param atMs when it was captured; `NaN` where that cannot be read. */
  add(record: FrameRecord, atMs: number): void {
    const { outcome, latency_ms, bytes_up, bytes_down, decision } = record;
    this.source ??= record.source;
    this.counts.captured++;
    this.counts[outcome]++;
    this.bytes.up += bytes_up;
    this.bytes.down += bytes_down;
    this.lastFrame = Math.max(this.lastFrame, record.frame);
    if (record.fallback) this.fallbacks++;
    if (record.detail !== undefined) this.details.add(withoutNumbers(record.detail));
    if (Number.isFinite(atMs)) {
      this.firstMs = Math.min(this.firstMs ?? atMs, atMs);
      this.lastMs = Math.max(this.lastMs ?? atMs, atMs + latency_ms);
    }
    if (decision) {
      this.policies.add(decision.policy);
      this.reasons.add(withoutNumbers(decision.reason));
      if (decision.shadow) this.shadow.add(record, decision.shadow);
      if (decision.height !== null) this.#addSent(decision.height, decision.quality, bytes_up);
    }
    if (outcome !== "local" && outcome !== "cloud") return;
    this.latencies[outcome].add(latency_ms);
    if (record.model !== null) this.models.add(record.model);
    for (const { label } of record.detections ?? record.classifications?.slice(0, 1) ?? []) {
      this.labels.add(label);
    }
    this.#offer(record);
  }

  /** The sizes and qualities that most frames were sent at, and the rest. */
  sent(max: number): Sent {
    const all = [...this.#sent.values()]
      .sort((a, b) => b.frames - a.frames || b.height - a.height || b.quality - a.quality);
    const sum = (of: "frames" | "bytesUp") =>
      all.slice(max).reduce((sum, one) => sum + one[of], this.#unnamed[of]);
    return { top: all.slice(0, max), rest: { frames: sum("frames"), bytesUp: sum("bytesUp") } };
  }

  #addSent(height: number, quality: number | null, bytesUp: number): void {
    const key = `${height} ${quality}`;
    const before = this.#sent.get(key);
    if (!before && this.#sent.size >= SENT_MAX) {
      this.#unnamed.frames++;
      this.#unnamed.bytesUp += bytesUp;
      return;
    }
    this.#sent.set(key, {
      ...{ height, quality: quality ?? 0 },
      frames: (before?.frames ?? 0) + 1,
      bytesUp: (before?.bytesUp ?? 0) + bytesUp,
    });
  }

  #offer(record: FrameRecord): void {
    const { frame, latency_ms } = record;
    if (!this.isShown(frame)) return;
    const keep = () => keptFrame(record);
    this.slowest.offer(frame, latency_ms, keep);
    const score = meanScore(record);
    if (score === undefined) return;
    this.surest.offer(frame, score, keep);
    this.doubtful.offer(frame, -score, keep);
  }
}

function keptFrame(record: FrameRecord): KeptFrame {
  const found = new Tally();
  for (const { label } of record.detections ?? record.classifications?.slice(0, 1) ?? []) {
    found.add(label);
  }
  return {
    ...{ frame: record.frame, ptsMs: record.pts_ms, outcome: record.outcome, model: record.model },
    ...{ latencyMs: record.latency_ms, meanScore: meanScore(record), found: found.all() },
  };
}

/** Of all that was found; of a classification it is that of the likeliest. */
function meanScore({ detections, classifications }: FrameRecord): number | undefined {
  if (classifications) return classifications[0]?.score;
  if (!detections || detections.length === 0) return undefined;
  return detections.reduce((sum, { score }) => sum + score, 0) / detections.length;
}

/** Reasons that differ in numbers alone are one: `3 local pending`, `4 local pending`. Addresses are none. */
function withoutNumbers(reason: string): string {
  return String(reason).replace(/(?<![\p{L}\d_.:])\d+(?:\.\d+)?(?![\p{L}\d_]|[.:]\d)/gu, "N");
}
