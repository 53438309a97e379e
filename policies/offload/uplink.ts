/** What the latest offloads say of the link: not how fast it is, but how long the next may take. */

import type { ModelProfile } from "../../core/model.ts";
import type { ControlSnapshot, RecentOffload } from "./policy.ts";

/** One way in which the next upload may go: as an earlier one went. */
export interface LikelyUpload {
  /** Milliseconds that it takes whatever its size. */
  readonly fixedMs: number;
  /** Milliseconds that each byte takes to pass. */
  readonly msPerByte: number;
  /** How likely that is, beside the others. */
  readonly weight: number;
}

/** Milliseconds that an upload of so many bytes takes when it goes like that. */
export function uploadMs({ fixedMs, msPerByte }: LikelyUpload, bytes: number): number {
  return fixedMs + msPerByte * bytes;
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

/** An upload goes as one before it went, or the link is slower or quicker by then: times as long. */
const CHANGES = { slower: 1.7, quicker: 0.55 } as const;

/** How likely a link is expected to change so, each way, and by how many uploads that is believed. */
const CHANGE = { likely: 0.1, weight: 5 } as const;

/** Times as long for its bytes that an upload takes, at least, when the link is slower than for the one before. */
const CHANGED = 1.3;

/** What the snapshot knows of it, for a frame that is sent to this model of the cloud. */
export function uplinkOf({ cloud }: ControlSnapshot, to: ModelProfile | undefined): Uplink {
  const { underWay, roundTripMs = UNKNOWN.roundTripMs } = cloud;
  const recent = asIfSentTo(to, cloud);
  const answered = recent.flatMap(({ networkMs, ...offload }) =>
    networkMs === undefined ? [] : [{ ...offload, networkMs }]
  );
  // The way takes as long as the quickest of all that went it.
  const wayMs = Math.min(roundTripMs, ...answered.map(({ networkMs }) => networkMs));
  const rests = answered.map(({ latencyMs, networkMs }) => latencyMs - networkMs);
  const restMs = rests.length === 0
    ? UNKNOWN.restMs + (to?.latencyMs ?? cloud.inferMs ?? 0)
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

/** The latest offloads, as long as they would have taken with this model, by what is measured of models. */
function asIfSentTo(
  to: ModelProfile | undefined,
  { recent, models, inferMs }: ControlSnapshot["cloud"],
): readonly RecentOffload[] {
  const usual = new Map(models.map(({ name, latencyMs }) => [name, latencyMs]));
  const inferred = recent.flatMap(({ model, networkMs }) =>
    networkMs === undefined ? [] : usual.get(model) ?? []
  );
  const usualMs = inferred.reduce((sum, ms) => sum + ms, 0) / inferred.length;
  // A server that is busy, or slower than the one that was measured, is so with each model.
  const slower = inferMs !== undefined && usualMs > 0 ? inferMs / usualMs : 1;
  return recent.map((offload) => {
    const moreMs = ((to?.latencyMs ?? 0) - (usual.get(offload.model) ?? 0)) * slower;
    const isKnown = to?.latencyMs !== undefined && usual.get(offload.model) !== undefined;
    return isKnown ? { ...offload, latencyMs: offload.latencyMs + moreMs } : offload;
  });
}

function likelyOf(ended: readonly Ended[], late: readonly Ended[]): readonly LikelyUpload[] {
  if (ended.length === 0) return [];
  const rate = quickRate(ended);
  const goes = howItGoes(ended);
  const slower = late.filter(({ bytes, transferMs }) => bytes / transferMs < rate);
  return [...ended, ...slower].flatMap(({ bytes: known, transferMs, weight }) => {
    // Either the link was slow, then more bytes take more of that; or it was late, and then once.
    const lateMs = Math.max(0, transferMs - known / rate);
    const fixedMs = (1 - SLOW_SHARE) * lateMs;
    const msPerByte = SLOW_SHARE * transferMs / known + (1 - SLOW_SHARE) / rate;
    return goes.map(({ times, likely }) => (
      { fixedMs: times * fixedMs, msPerByte: times * msPerByte, weight: likely * weight }
    ));
  });
}

/** How likely the link is slower or quicker for the next upload, by how often it was: at most as expected. */
function howItGoes(ended: readonly Ended[]) {
  const slower = ended.filter(({ bytes, transferMs }, at) => {
    const before = ended[at - 1];
    return before && transferMs / bytes > CHANGED * before.transferMs / before.bytes;
  });
  const { likely: expected, weight } = CHANGE;
  const likely = Math.min(
    expected,
    (expected * weight + slower.length) / (weight + ended.length - 1),
  );
  return [
    { times: 1, likely: 1 - 2 * likely },
    { times: CHANGES.slower, likely },
    { times: CHANGES.quicker, likely },
  ];
}

/** The rate of the quickest uploads, bytes a millisecond: what the link carries when nothing is late. */
function quickRate(ended: readonly Ended[]): number {
  const rates = ended.map(({ bytes, transferMs }) => bytes / transferMs).sort((a, b) => b - a);
  return rates[Math.floor(rates.length / 5)]!;
}
