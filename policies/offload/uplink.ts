/** What the latest offloads say of the link: not how fast it is, but how fast it may turn out to be. */

import type { ControlSnapshot } from "./policy.ts";

/** A rate that the link had, and how much that says about now. */
export interface RateSample {
  /** Bytes a millisecond. */
  readonly bytesPerMs: number;
  /** 0 to 1. */
  readonly weight: number;
}

/** What is expected of an upload. */
export interface Uplink {
  /** Rates that it may have; empty before the first answer. */
  readonly samples: readonly RateSample[];
  /** Milliseconds of an offload beside its upload: encoding, the way, the server. */
  readonly restMs: number;
  /** Bytes of uploads that have not passed yet, at a rate. */
  backlogBytes(bytesPerMs: number): number;
}

/** Milliseconds after which a sample says 1/e of what it said. */
const MEMORY_MS = 300;

/** Milliseconds that uploads are known by, at least: less is how late timers are. */
const TRANSFER_MS_MIN = 2;

/** Milliseconds of the way and the rest where nothing is known. */
const UNKNOWN = { roundTripMs: 50, restMs: 20 } as const;

/** What the snapshot knows of it. */
export function uplinkOf({ cloud }: ControlSnapshot): Uplink {
  const { recent, underWay, roundTripMs = UNKNOWN.roundTripMs } = cloud;
  const answered = recent.flatMap(({ networkMs, ...offload }) =>
    networkMs === undefined ? [] : [{ ...offload, networkMs }]
  );
  // The way takes as long as the quickest of all that went it.
  const wayMs = Math.min(roundTripMs, ...answered.map(({ networkMs }) => networkMs));
  const samples = recent.map(({ bytes, agoMs, latencyMs, networkMs }): RateSample => ({
    // One that failed was slower than that.
    bytesPerMs: bytes / Math.max(TRANSFER_MS_MIN, (networkMs ?? latencyMs) - wayMs),
    weight: Math.exp(-agoMs / MEMORY_MS),
  }));
  const rests = answered.map(({ latencyMs, networkMs }) => latencyMs - networkMs);
  const restMs = rests.length === 0
    ? UNKNOWN.restMs + (cloud.inferMs ?? 0)
    : rests.reduce((sum, ms) => sum + ms, 0) / rests.length;
  // One that should have been answered by now says that the link is slower than it was.
  const slower = underWay.flatMap(({ bytes, sinceMs }): RateSample[] => {
    const lastsMs = sinceMs - restMs - wayMs;
    return lastsMs <= 0 ? [] : [{ bytesPerMs: bytes / (lastsMs + TRANSFER_MS_MIN), weight: 1 }];
  });
  const fastest = Math.max(...samples.map(({ bytesPerMs }) => bytesPerMs));
  return {
    samples: [...samples, ...slower.filter(({ bytesPerMs }) => bytesPerMs < fastest)],
    restMs: restMs + wayMs,
    backlogBytes: (bytesPerMs) =>
      underWay.reduce(
        (sum, { bytes, sinceMs }) => sum + Math.max(0, bytes - bytesPerMs * sinceMs),
        0,
      ),
  };
}
