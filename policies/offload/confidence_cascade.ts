/**
 * Here first: the same frame is sent when the edge's own result is doubtful, within a bandwidth.
 *
 * A cascade whose first stage may say that it does not know (Wang et al., IDK Cascades: Fast Deep Learning
 * by Learning not to Overthink, UAI 2018), over a little model and a big one (Park et al., Big/Little Deep
 * Neural Network for Ultra Low Power Inference, CODES+ISSS 2015). How doubtful a result is says the mean
 * score of what was found.
 */

import type { Parameters } from "../parameters.ts";
import { learnContent } from "./content.ts";
import { type Sending, wireBytes } from "./expected_accuracy.ts";
import { HOPE, Outlook } from "./outlook.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Json, RecentResult } from "./policy.ts";
import { unratedNote } from "./rank.ts";
import { type Bucket, bucketIn, fits, refilled, spent } from "./token_bucket.ts";

/**
 * Its own parameters. The score is halfway between nothing and certain; the bandwidth is a fifth of what the
 * 2 Mbit/s of a weak mobile uplink carry.
 */
export const parameters = {
  below: {
    about: "mean score below which a result is doubtful; of none found it is 0",
    unit: "",
    default: 0.5,
    min: 0.01,
    max: 1,
  },
  bytes_per_s: {
    about: "bytes a second that doubtful frames may cost",
    unit: "bytes a second",
    default: 50_000,
    min: 100,
    max: 1_000_000_000,
  },
} as const satisfies Parameters;

/** A frame that may have been sent: whether it was, its result tells. */
type Promised = readonly [index: number, bytes: number];

/** What is kept from frame to frame. */
interface Kept {
  readonly content?: Json | undefined;
  readonly bucket?: Bucket | undefined;
  /** Of them, the bucket is charged already. */
  readonly promised: readonly Promised[];
  /** The latest frame whose result was learned from. */
  readonly index: number;
  /** Share of results that were doubtful. */
  readonly doubtful: number;
}

/** Share of results that are doubtful before there is one, and what is kept of it with each new one. */
const DOUBTFUL = { first: 0.5, kept: 0.95, least: 0.05 } as const;

/** Promises that are remembered; older ones count as kept. */
const PROMISED_MAX = 64;

/** How likely an answer in time has to be. */
const LIKELY_MIN = 0.5;

/** Decides. Without a cloud, and beyond the bandwidth, every result of the edge counts as it is. */
export const confidenceCascade: ControlPolicy = (snapshot): Answer => {
  const below = parameterOf(snapshot, "below");
  const bytesPerSec = parameterOf(snapshot, "bytes_per_s");
  const kept = keptIn(snapshot.state);
  const content = learnContent({ ...snapshot, state: kept.content });
  const filled = refilled(kept.bucket, snapshot.frame.ptsMs, bytesPerSec);
  const { promised, back } = settled(kept.promised, snapshot.results, below);
  const bucket = spent(filled, -back);
  const { index, doubtful } = learned(kept, snapshot.results, below);
  const state = { content, bucket, promised, index, doubtful };
  const outlook = new Outlook(snapshot, content, { mayFilter: false, hope: HOPE });
  const model = outlook.sendsTo;
  const each = bytesPerSec * content.intervalMs / 1000 / Math.max(DOUBTFUL.least, doubtful);
  const sending = model && sendingFor(outlook, each, hereMsOf(snapshot, outlook));
  const { here } = outlook;
  const bytes = sending ? wireBytes(snapshot, sending) : 0;
  if (!here) return withoutEdge(snapshot, outlook, bucket, state);
  const local = { place: "local", model: here.name } as const;
  if (!model) return { ...local, reason: "the cloud is not available", state };
  if (!sending) return { ...local, reason: "the cloud would hardly be in time", state };
  if (!fits(bucket, bytes, bytesPerSec)) {
    return { ...local, reason: `${bytes.toFixed(0)} bytes are not there to be spent`, state };
  }
  const { height, quality } = sending;
  return {
    ...local,
    second: { below, model: model.name, height, quality, waitMs: outlook.waitMs },
    reason: `here first; sent at ${height} when the mean score is below ${below}` +
      unratedNote(snapshot.cloud.models),
    state: {
      ...state,
      bucket: spent(bucket, bytes),
      promised: [...promised, [snapshot.frame.index, bytes] as const].slice(-PROMISED_MAX),
    },
  };
};

/** The most accurate way to send a doubtful frame of those that may cost so much, if one is likely in time. */
function sendingFor(outlook: Outlook, bytesMax: number, laterMs: number): Sending | undefined {
  let best: { readonly sending: Sending; readonly worth: number } | undefined;
  for (const [at, sending] of outlook.sendings.entries()) {
    if (at > 0 && sending.bytes > bytesMax) break;
    const likely = outlook.likely(sending, laterMs);
    const worth = likely * sending.accuracy;
    if (likely >= LIKELY_MIN && (!best || worth > best.worth)) best = { sending, worth };
  }
  return best?.sending;
}

/**
 * Milliseconds that the edge is at a frame before it is sent. Offloads that have ended after that tell it,
 * since they last from the capture on.
 */
function hereMsOf({ local: { pending, workers } }: ControlSnapshot, { uplink, here }: Outlook) {
  return uplink.likely.length > 0 ? 0 : (here?.latencyMs ?? 0) * (1 + pending / workers);
}

/** An edge without a model of its own is sure of nothing: what the bandwidth bears is sent. */
function withoutEdge(
  snapshot: ControlSnapshot,
  outlook: Outlook,
  bucket: Bucket,
  state: Readonly<Record<string, Json>>,
): Answer {
  const model = outlook.sendsTo!;
  const bytesPerSec = parameterOf(snapshot, "bytes_per_s");
  const sending = sendingFor(outlook, bytesPerSec, 0) ?? outlook.sendings[0]!;
  const bytes = wireBytes(snapshot, sending);
  if (!fits(bucket, bytes, bytesPerSec)) {
    return { place: "filter", reason: "the edge has no model, and no bytes to spend", state };
  }
  const reason = "the edge has no model";
  return {
    ...outlook.send(model, sending, false, reason),
    state: { ...state, bucket: spent(bucket, bytes) },
  };
}

/** Gives back what was not sent: of frames whose own result was sure enough. */
function settled(
  promised: readonly Promised[],
  results: readonly RecentResult[],
  below: number,
): { readonly promised: readonly Promised[]; readonly back: number } {
  const newest = results.at(-1)?.index ?? 0;
  let back = 0;
  for (const [index, bytes] of promised) {
    const result = results.find((one) => one.index === index);
    if (result && !isDoubtful(result, below)) back += bytes;
  }
  return { promised: promised.filter(([index]) => index > newest), back };
}

function learned(
  { index: known, doubtful: before }: Kept,
  results: readonly RecentResult[],
  below: number,
): Pick<Kept, "index" | "doubtful"> {
  let doubtful = before;
  for (const result of results) {
    if (result.index <= known) continue;
    const one = isDoubtful(result, below) ? 1 : 0;
    doubtful = DOUBTFUL.kept * doubtful + (1 - DOUBTFUL.kept) * one;
  }
  return { index: results.at(-1)?.index ?? known, doubtful };
}

/** Whether the edge's own result was doubtful: that of the cloud is there since it was. */
function isDoubtful({ place, meanScore }: RecentResult, below: number): boolean {
  return place === "cloud" || meanScore < below;
}

function parameterOf(
  { parameters: given }: ControlSnapshot,
  name: keyof typeof parameters,
): number {
  return given[name] ?? parameters[name].default;
}

function keptIn(state: Json | undefined): Kept {
  const isKept = typeof state === "object" && state !== null && "promised" in state;
  if (!isKept) return { promised: [], index: 0, doubtful: DOUBTFUL.first };
  const kept = state as unknown as Kept;
  return { ...kept, bucket: bucketIn(kept.bucket) };
}
