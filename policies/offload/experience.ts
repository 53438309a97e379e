/** What came of earlier decisions for the cloud: how often an operating point was in time, and how good it was. */

import { type ContentMemory, keptAfter } from "./content.ts";
import type { Sending } from "./expected_accuracy.ts";
import type { ControlSnapshot, Json, RecentResult } from "./policy.ts";

/**
 * A frame that was sent, of which it is not known yet what came: its number, when it was decided about in
 * the source's time (milliseconds), the operating point (`HEIGHT/QUALITY`), and how likely an answer in
 * time was.
 */
export type Try = readonly [index: number, atMs: number, arm: string, likely: number];

/** By how much something came out otherwise than was expected: a sum and its weight, the older the less. */
export type Surprise = readonly [sum: number, weight: number];

/** What is known of an operating point, beyond what is expected of any. */
export interface ArmExperience {
  /** It is JSON. */
  readonly [key: string]: Json;
  /** How much more often it was in time, −1 to 1 of a decision. */
  readonly timely: Surprise;
  /** How much more its results were worth, −1 to 1 of a result. */
  readonly quality: Surprise;
}

/** What is kept from frame to frame. */
export interface Experience {
  /** It is JSON. */
  readonly [key: string]: Json;
  /** By operating point. */
  readonly arms: Readonly<Record<string, ArmExperience>>;
  /** Those that nothing is known of yet, in order. */
  readonly tries: readonly Try[];
  /** The latest frame whose result was learned from. */
  readonly index: number;
  /** Decisions that were learned from, as far as they are remembered. */
  readonly learned: number;
}

/** Tries that are remembered. */
export const TRIES_MAX = 32;

/** Decisions of an operating point that what is expected counts for. */
const PRIOR_WEIGHT = 5;

/** Share of what is known that is kept with each new decision: some fifty count. */
const KEPT = 0.98;

/** Milliseconds after its deadline at which a frame without a result is taken for one without an answer. */
const GRACE_MS = 100;

/** Milliseconds by which the beginning of an offload may be mistaken. */
const NEAR_MS = 5;

/** Milliseconds between two results that are held against each other. */
const LAG_MS_MAX = 150;

const NOTHING: Experience = { arms: {}, tries: [], index: 0, learned: 0 };

/** An operating point that nothing has come of yet. */
export const NEW_ARM: ArmExperience = { timely: [0, 0], quality: [0, 0] };

/** What is to be expected beyond what was: the mean, drawn to 0 the more the less is known. */
export function surpriseOf([sum, weight]: Surprise): number {
  return sum / (weight + PRIOR_WEIGHT);
}

/** What an operating point is known by. */
export function armOf({ height, quality }: Pick<Sending, "height" | "quality">): string {
  return `${height}/${quality}`;
}

/** Learns from what is new since the frame before. @param ways every one in which frames are sent. */
export function learnExperience(
  known: Experience = NOTHING,
  snapshot: ControlSnapshot,
  content: ContentMemory,
  ways: readonly Sending[],
): Experience {
  const tries: Try[] = [];
  let { arms, learned } = known;
  for (const one of known.tries) {
    const inTime = wasInTime(one, snapshot);
    if (inTime === undefined) tries.push(one);
    else {
      const [, , name, likely] = one;
      const arm = arms[name] ?? NEW_ARM;
      arms = { ...arms, [name]: { ...arm, timely: withValue(arm.timely, inTime - likely) } };
      learned = KEPT * learned + 1;
    }
  }
  for (const [at, result] of snapshot.results.entries()) {
    if (result.index <= known.index || result.place !== "cloud") continue;
    for (const [back, agreement] of result.agreements.entries()) {
      const before = snapshot.results[at - 1 - back];
      if (before) arms = withAgreement(arms, ways, before, result, agreement, content);
    }
  }
  return { arms, tries, index: snapshot.results.at(-1)?.index ?? known.index, learned };
}

/** 1 or 0; `undefined` while that is not known. */
function wasInTime([index, atMs]: Try, snapshot: ControlSnapshot): 0 | 1 | undefined {
  const { results, frame, settings, cloud } = snapshot;
  const result = results.find((one) => one.index === index);
  if (result) return result.place === "cloud" ? 1 : 0;
  const passedMs = frame.ptsMs + frame.ageMs - atMs;
  // A source that begins anew says nothing of what was before.
  if (passedMs >= 0 && passedMs < settings.deadlineMs + GRACE_MS) return undefined;
  // An answer that came after that of a later frame is no recent result, but its offload is known.
  const offload = cloud.recent.find(({ agoMs, latencyMs }) =>
    Math.abs(agoMs + latencyMs - passedMs) <= NEAR_MS
  );
  return offload?.networkMs !== undefined && offload.latencyMs <= settings.deadlineMs ? 1 : 0;
}

/** Of two results of the cloud, the better one tells how good the other was. */
function withAgreement(
  arms: Experience["arms"],
  ways: readonly Sending[],
  before: RecentResult,
  result: RecentResult,
  agreement: number,
  content: ContentMemory,
): Experience["arms"] {
  const ms = Math.abs(result.ptsMs - before.ptsMs);
  if (before.place !== "cloud" || ms > LAG_MS_MAX) return arms;
  const [a, b] = [wayOf(before, ways), wayOf(result, ways)];
  if (!a || !b || a.accuracy === b.accuracy) return arms;
  const [worse, better] = a.accuracy < b.accuracy ? [a, b] : [b, a];
  const seen = better.accuracy * Math.min(1, agreement / Math.max(0.2, keptAfter(content, ms)));
  const name = armOf(worse);
  const arm = arms[name] ?? NEW_ARM;
  const quality = withValue(arm.quality, seen - worse.accuracy);
  return { ...arms, [name]: { ...arm, quality } };
}

function withValue([sum, weight]: Surprise, value: number): Surprise {
  return [KEPT * sum + value, KEPT * weight + 1];
}

function wayOf({ height, quality }: RecentResult, ways: readonly Sending[]): Sending | undefined {
  return ways.find((way) => way.height === height && way.quality === quality);
}
