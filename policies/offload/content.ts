/** What results say of the scene: how fast it changes, and how good the edge's own model is in it. */

import type { ControlSnapshot, Json, RecentResult } from "./policy.ts";

/** What a policy keeps of it from frame to frame, as its `state`. */
export interface ContentMemory {
  /** It is JSON. */
  readonly [key: string]: Json;
  /** The latest frame whose result was learned from. */
  readonly index: number;
  /** Of the frame before, milliseconds. */
  readonly ptsMs: number;
  /** Milliseconds from a frame to the next, on average. */
  readonly intervalMs: number;
  /** F1 of results held against others, by how many milliseconds they are apart. */
  readonly agreement: readonly number[];
  /** How many results that is known by, for each. */
  readonly agreementWeight: readonly number[];
  /** Accuracy of the edge's model, as the cloud's results see it, 0 to 1. */
  readonly local: number;
  /** How many results that is known by. */
  readonly localWeight: number;
  /** The frame that last told it, milliseconds in the source. */
  readonly localPtsMs: number;
}

/** Milliseconds between two results, up to which they are taken together. */
const LAGS_MS = [50, 90, 150, 250, 400, 650, 1000, 1600] as const;

/** What is expected before anything is known, as measured on videos that nothing is evaluated on. */
const EXPECTED = {
  agreement: [0.85, 0.8, 0.7, 0.55, 0.45, 0.35, 0.28, 0.22],
  local: 0.4,
  intervalMs: 40,
} as const;

/** Results that what is expected counts for. */
const PRIOR_WEIGHT = 2;

/** Share of what is known that is kept with each new result. */
const KEPT = 0.93;

/** How much two results agree of a scene in which nothing moves: each misses other things. */
const STILL = 0.88;

/** Milliseconds in which something new comes that no result has shown yet, on average. */
const UNSEEN_MS = 8000;

/** Results that the edge's model is judged by, before it is known; and for how long that is believed. */
const LOCAL_KNOWN_WEIGHT = 4;
const LOCAL_KNOWN_MS = 20_000;

/** Whether a result of the edge's own would be held against one of the cloud, and that is not known. */
export function tellsOfLocal(memory: ContentMemory, { results, frame }: ControlSnapshot): boolean {
  const newest = results.at(-1);
  if (newest?.place !== "cloud" || frame.ptsMs - newest.ptsMs > LAGS_MS[2]) return false;
  return memory.localWeight < LOCAL_KNOWN_WEIGHT ||
    Math.abs(frame.ptsMs - memory.localPtsMs) > LOCAL_KNOWN_MS;
}

/** Learns from results that are new, and from how far apart frames are. */
export function learnContent({ results, frame, state }: ControlSnapshot): ContentMemory {
  const known = memoryOf(state);
  let memory: ContentMemory = {
    ...known,
    ptsMs: frame.ptsMs,
    intervalMs: intervalOf(known, frame),
  };
  for (const [at, result] of results.entries()) {
    if (result.index <= known.index) continue;
    for (const [back, agreement] of result.agreements.entries()) {
      const before = results[at - 1 - back];
      if (before) memory = learned(memory, before, result, agreement);
    }
  }
  return { ...memory, index: results.at(-1)?.index ?? known.index };
}

/** What is left of a result's worth so many milliseconds later, 0 to 1. */
export function keptAfter(memory: ContentMemory, ms: number): number {
  if (ms <= 0) return 1;
  const unseen = Math.exp(-ms / UNSEEN_MS);
  return unseen * Math.min(1, agreementAfter(memory, ms) / STILL);
}

function agreementAfter({ agreement }: ContentMemory, ms: number): number {
  const at = LAGS_MS.findIndex((lag) => lag >= ms);
  if (at < 0) return agreement.at(-1)! * LAGS_MS.at(-1)! / ms;
  const [fromMs, from] = at === 0
    ? [0, Math.max(STILL, agreement[0]!)]
    : [LAGS_MS[at - 1]!, agreement[at - 1]!];
  const share = (ms - fromMs) / (LAGS_MS[at]! - fromMs);
  return from + share * (agreement[at]! - from);
}

function learned(
  memory: ContentMemory,
  before: RecentResult,
  result: RecentResult,
  agreement: number,
): ContentMemory {
  const ms = result.ptsMs - before.ptsMs;
  if (ms <= 0) return memory;
  if (result.place === before.place) return learnedAgreement(memory, ms, agreement);
  if (ms > LAGS_MS[2]) return memory; // what moved since tells more than what the edge does not see
  const share = Math.min(1, agreement / Math.max(0.2, keptAfter(memory, ms)));
  return {
    ...memory,
    local: average(memory.local, memory.localWeight, share),
    localWeight: KEPT * memory.localWeight + 1,
    localPtsMs: result.ptsMs,
  };
}

function learnedAgreement(memory: ContentMemory, ms: number, agreement: number): ContentMemory {
  const at = nearestLag(ms);
  if (at === undefined) return memory;
  const update = memory.agreement.with(
    at,
    average(memory.agreement[at]!, memory.agreementWeight[at]!, agreement),
  );
  // It never rises with time: what is known best decides.
  for (let i = at + 1; i < update.length; i++) update[i] = Math.min(update[i]!, update[i - 1]!);
  for (let i = at - 1; i >= 0; i--) update[i] = Math.max(update[i]!, update[i + 1]!);
  const weight = KEPT * memory.agreementWeight[at]! + 1;
  return {
    ...memory,
    agreement: update,
    agreementWeight: memory.agreementWeight.with(at, weight),
  };
}

/** The lag that is nearest, as a factor. */
function nearestLag(ms: number): number | undefined {
  let best: number | undefined;
  for (const [at, lag] of LAGS_MS.entries()) {
    const far = Math.abs(Math.log(ms / lag));
    if (far < 0.3 && (best === undefined || far < Math.abs(Math.log(ms / LAGS_MS[best]!)))) {
      best = at;
    }
  }
  return best;
}

function average(known: number, weight: number, value: number): number {
  return (KEPT * weight * known + value) / (KEPT * weight + 1);
}

function intervalOf(known: ContentMemory, { ptsMs, index }: ControlSnapshot["frame"]): number {
  if (index <= 1) return known.intervalMs;
  if (known.ptsMs === 0) return Math.min(1000, Math.max(1, ptsMs / (index - 1)));
  const passedMs = ptsMs - known.ptsMs;
  return passedMs > 0 && passedMs < 1000
    ? 0.9 * known.intervalMs + 0.1 * passedMs
    : known.intervalMs;
}

function memoryOf(state: Json | undefined): ContentMemory {
  if (typeof state === "object" && state !== null && "agreementWeight" in state) {
    return state as ContentMemory;
  }
  return {
    ...{ index: 0, ptsMs: 0, ...EXPECTED },
    agreementWeight: LAGS_MS.map(() => PRIOR_WEIGHT),
    ...{ localWeight: PRIOR_WEIGHT, localPtsMs: 0 },
  };
}
