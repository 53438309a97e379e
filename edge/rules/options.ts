/** Rules that say what people are to be told of, as they are set: resolved and checked. */

import type { HourRange } from "./hours.ts";

/** What of the video is kept around an alert. */
export interface ClipSpan {
  /** Milliseconds before what it is about began. */
  readonly beforeMs: number;
  /** Milliseconds after the alert, and after the thing was seen last. */
  readonly afterMs: number;
}

/** One rule: all that it says must hold for a thing. */
export interface RuleOptions {
  /** Tells it from the others. */
  readonly name: string;
  /** What the thing is one of; empty: anything. */
  readonly labels: readonly string[];
  /** Zones that it is in one of, or lines that it crossed one of; empty: wherever it is. */
  readonly places: readonly string[];
  /** When, by the clock on the wall; empty: at any time. */
  readonly hours: readonly HourRange[];
  /** Milliseconds that it was followed, or in the zone, before it counts. */
  readonly minimumMs: number;
  /** Confidence with which it was seen at least once, 0 to 1. */
  readonly scoreMin: number;
  /** Milliseconds after an alert in which no other of the same source is told. */
  readonly cooldownMs: number;
  /** Names of the sinks that are told. */
  readonly sinks: readonly string[];
  /** What of the video is kept; absent: nothing. */
  readonly clip?: ClipSpan;
  /** Names of the sources that it is for; empty: all. */
  readonly sources: readonly string[];
}
