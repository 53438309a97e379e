/** What the latest offloads say of the link: not how fast it is, but how long the next may take. */

import type { ControlSnapshot } from "./policy.ts";

/** One way in which the next upload may go: as an earlier one went. */
export interface LikelyUpload {
  /** Milliseconds that so many bytes take to pass. */
  readonly ms: (bytes: number) => number;
  /** How likely that is, beside the others. */
  readonly weight: number;
}

/** What is expected of an offload. */
export interface Uplink {
  /** Ways in which it may go; empty before the first answer. */
  readonly likely: readonly LikelyUpload[];
  /** Milliseconds of an offload beside its upload: encoding, the way, the server. */
  readonly restMs: number;
  /** How much is known of now: 1 for an answer that came this moment, less for earlier ones. */
  readonly knownWeight: number;
}

/** An upload that ended. */
interface Ended {
  readonly bytes: number;
  /** Milliseconds beside the way. */
  readonly transferMs: number;
  readonly weight: number;
}

/** Milliseconds after which an upload says 1/e of what it said. */
const MEMORY_MS = 400;

/** Milliseconds that uploads are known by, at least: less is how late timers are. */
const TRANSFER_MS_MIN = 2;

/** Milliseconds of the way and the rest where nothing is known. */
const UNKNOWN = { roundTripMs: 50, restMs: 20 } as const;

/** Of two explanations of why an upload took long, how likely it is that the link was slow. */
const SLOW_SHARE = 0.75;

/** The link may be slower than it ever was of late, and quicker: times as long, and how likely that is. */
const OTHERWISE = [{ times: 1.7, weight: 0.1 }, { times: 0.55, weight: 0.1 }] as const;

/** How likely it is that it goes as it went. */
const AS_IT_WENT = 0.8;

/** What the snapshot knows of it. */
export function uplinkOf({ cloud }: ControlSnapshot): Uplink {
  const { recent, underWay, roundTripMs = UNKNOWN.roundTripMs } = cloud;
  const answered = recent.flatMap(({ networkMs, ...offload }) =>
    networkMs === undefined ? [] : [{ ...offload, networkMs }]
  );
  // The way takes as long as the quickest of all that went it.
  const wayMs = Math.min(roundTripMs, ...answered.map(({ networkMs }) => networkMs));
  const rests = answered.map(({ latencyMs, networkMs }) => latencyMs - networkMs);
  const restMs = rests.length === 0
    ? UNKNOWN.restMs + (cloud.inferMs ?? 0)
    : rests.reduce((sum, ms) => sum + ms, 0) / rests.length;
  const ended = recent.map(({ bytes, agoMs, latencyMs, networkMs }): Ended => ({
    bytes,
    // One that failed would have taken longer.
    transferMs: Math.max(TRANSFER_MS_MIN, (networkMs ?? latencyMs) - wayMs),
    weight: Math.exp(-agoMs / MEMORY_MS),
  }));
  // One that should have been answered by now says that the link is slower than it was.
  const late = underWay.flatMap(({ bytes, sinceMs }): Ended[] => {
    const transferMs = sinceMs - restMs - wayMs;
    return transferMs <= 0 ? [] : [{ bytes, transferMs, weight: 1 }];
  });
  return {
    likely: likelyOf(ended, late),
    restMs: restMs + wayMs,
    knownWeight: ended.reduce((sum, { weight }) => sum + weight, 0),
  };
}

function likelyOf(ended: readonly Ended[], late: readonly Ended[]): readonly LikelyUpload[] {
  if (ended.length === 0) return [];
  const rate = quickRate(ended);
  const slower = late.filter(({ bytes, transferMs }) => bytes / transferMs < rate);
  return [...ended, ...slower].flatMap(({ bytes: known, transferMs, weight }) => {
    // Either the link was slow, then more bytes take more of that; or it was late, and then once.
    const slow = (bytes: number) => bytes * transferMs / known;
    const lateMs = Math.max(0, transferMs - known / rate);
    const late = (bytes: number) => lateMs + bytes / rate;
    const ms = (bytes: number) => SLOW_SHARE * slow(bytes) + (1 - SLOW_SHARE) * late(bytes);
    return [
      { ms, weight: AS_IT_WENT * weight },
      ...OTHERWISE.map((other) => ({
        ms: (bytes: number) => other.times * ms(bytes),
        weight: other.weight * weight,
      })),
    ];
  });
}

/** The rate of the quickest uploads, bytes a millisecond: what the link carries when nothing is late. */
function quickRate(ended: readonly Ended[]): number {
  const rates = ended.map(({ bytes, transferMs }) => bytes / transferMs).sort((a, b) => b - a);
  return rates[Math.floor(rates.length / 5)]!;
}
