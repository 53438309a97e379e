/** A run over time, in a bounded number of bars: they become wider as it becomes longer. */

import type { FrameRecord } from "../../../edge/record.ts";
import { Spread } from "./spread.ts";

/** Bars that there are at most. */
export const BARS_MAX = 120;

/** Seconds of a bar. Each is a multiple of the one before, so that whole bars are put together. */
const WIDTHS_S = [0.2, 1, 2, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800];

/** What zones and lines tell. */
export const HAPPENINGS = ["enter", "leave", "loiter", "cross"] as const;

/** One of them. */
export type Happening = typeof HAPPENINGS[number];

/** What became of frames in a stretch of time. */
export interface Bar {
  /** Inferred here. */
  local: number;
  /** Inferred in the cloud. */
  cloud: number;
  /** Filtered. */
  filtered: number;
  /** Dropped. */
  dropped: number;
  /** Failed. */
  failed: number;
  /** Bytes that were sent for them. */
  bytesUp: number;
  /** How long those inferred here took. */
  readonly localMs: Spread;
  /** How long those inferred in the cloud took. */
  readonly cloudMs: Spread;
  /** What happened in zones. */
  readonly happened: Record<Happening, number>;
}

const COUNTS = ["local", "cloud", "filtered", "dropped", "failed", "bytesUp"] as const;

/** Puts frames and what happens where they belong in time. */
export class OverTime {
  #bars: Bar[] = [];
  #widthS = WIDTHS_S[0]!;
  #startMs: number | undefined;

  /** Seconds of a bar. */
  get widthS(): number {
    return this.#widthS;
  }

  /** When the first one begins, milliseconds since the Unix epoch; `undefined` without any. */
  get startMs(): number | undefined {
    return this.#startMs;
  }

  /** In order, at most {@link BARS_MAX}. */
  get bars(): readonly Bar[] {
    return this.#bars;
  }

  /** Counts a frame. @param atMs when it was captured, milliseconds since the Unix epoch. */
  addFrame(atMs: number, { outcome, latency_ms, bytes_up }: FrameRecord): void {
    const bar = this.#barAt(atMs);
    bar[outcome]++;
    bar.bytesUp += bytes_up;
    if (outcome === "local") bar.localMs.add(latency_ms);
    if (outcome === "cloud") bar.cloudMs.add(latency_ms);
  }

  /** Counts what a zone or a line told. @param atMs milliseconds since the Unix epoch. */
  addHappening(atMs: number, what: Happening): void {
    this.#barAt(atMs).happened[what]++;
  }

  /** A clock that was set back does not make a run begin again: that is the first bar. */
  #barAt(atMs: number): Bar {
    this.#startMs ??= atMs;
    const seconds = Math.max(0, (atMs - this.#startMs) / 1000);
    while (seconds >= BARS_MAX * this.#widthS) this.#widen();
    const at = Math.floor(seconds / this.#widthS);
    while (this.#bars.length <= at) this.#bars.push(emptyBar());
    return this.#bars[at]!;
  }

  #widen(): void {
    const next = WIDTHS_S.find((width) => width > this.#widthS) ?? 2 * this.#widthS;
    const times = Math.round(next / this.#widthS);
    const bars: Bar[] = [];
    for (const [i, bar] of this.#bars.entries()) {
      if (i % times === 0) bars.push(bar);
      else addTo(bars.at(-1)!, bar);
    }
    [this.#bars, this.#widthS] = [bars, next];
  }
}

function emptyBar(): Bar {
  return {
    ...{ local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0, bytesUp: 0 },
    ...{ localMs: new Spread(), cloudMs: new Spread() },
    happened: { enter: 0, leave: 0, loiter: 0, cross: 0 },
  };
}

function addTo(bar: Bar, more: Bar): void {
  for (const count of COUNTS) bar[count] += more[count];
  for (const what of HAPPENINGS) bar.happened[what] += more.happened[what];
  bar.localMs.addAll(more.localMs);
  bar.cloudMs.addAll(more.cloudMs);
}
