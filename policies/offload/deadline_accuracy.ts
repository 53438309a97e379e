/**
 * The best expected accuracy within the deadline, by a model of what comes: which size and quality the
 * link carries in time, how likely that is, and what a frame is worth that is not inferred, since the last
 * result still says something about it.
 *
 * Model-predictive control as in video streaming (Yin et al., A Control-Theoretic Approach for Dynamic
 * Adaptive Video Streaming over HTTP, SIGCOMM 2015), after the pattern of DeepDecision (Ran et al.,
 * INFOCOM 2018); the risk comes from the spread of what was measured, not from its mean. What is sent is
 * hedged here where the edge alone would be in time (Dean and Barroso, The Tail at Scale, CACM 2013).
 */

import type { ModelProfile } from "../../core/model.ts";
import type { Parameters } from "../parameters.ts";
import { type ContentMemory, keptAfter, learnContent } from "./content.ts";
import { type Sending, sendings } from "./expected_accuracy.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Decision } from "./policy.ts";
import { fastestModel, mostAccurateModel } from "./rank.ts";
import { type LikelyUpload, type Uplink, uplinkOf } from "./uplink.ts";

/** Its own parameters. */
export const parameters = {
  skip: {
    about: "1 = a frame may do with the last result where that is worth more; 0 = each is inferred",
    unit: "",
    default: 1,
    min: 0,
    max: 1,
    isWhole: true,
  },
  stride: {
    about: "frames of which one is sent, at most, where a larger picture is worth that",
    unit: "frames",
    default: 4,
    min: 1,
    max: 100,
    isWhole: true,
  },
  miss_cost: {
    about: "accuracy that a deadline is worth by itself: with less, more of them are risked",
    unit: "",
    default: 1,
    min: 0,
    max: 10,
  },
  byte_cost: {
    about: "accuracy that a megabyte sent has to be worth: with more, fewer and smaller are sent",
    unit: "",
    default: 0,
    min: 0,
    max: 1000,
  },
} as const satisfies Parameters;

/** Milliseconds before the deadline at which a result is to be there. */
const MARGIN_MS = 4;

/** Milliseconds before the deadline at which an answer is not waited for any more. */
const GIVE_UP_MS = 2;

/** How many times as long as usual an inference here may take. */
const SLOW = 1.5;

/** Bytes a millisecond that are reckoned with before anything is known. */
const UNKNOWN_RATE = 125;
const UNKNOWN_UPLINK: readonly LikelyUpload[] = [
  { ms: (bytes) => bytes / UNKNOWN_RATE, weight: 1 },
];

/** Accuracy of a result of which it is not known how it was sent. */
const UNKNOWN_ACCURACY = 0.8;

/** What all samples weigh together below which nothing is known of now. */
const KNOWN_WEIGHT = 0.5;

/** Decides. Where there is no cloud, it is the best of the edge. */
export const deadlineAccuracy: ControlPolicy = (snapshot): Answer => {
  const memory = learnContent(snapshot);
  return { ...new Plan(snapshot, memory).decide(), state: memory };
};

/** What may be done with a frame: it is sent so, hedged or not. */
interface Choice {
  readonly sending: Sending;
  readonly isHedged: boolean;
  /** Of this frame and those that are to do with it. */
  readonly worth: number;
}

/** What is known at one decision, and what follows from it. Worth is expected accuracy, 0 to 1. */
class Plan {
  readonly #uplink: Uplink;
  readonly #likely: readonly LikelyUpload[];
  readonly #sendings: readonly Sending[];
  /** The edge's model; `undefined` when it has none. */
  readonly #here: ModelProfile | undefined;
  /** Worth of a result of the edge's own. */
  readonly #local: number;
  /** Worth of the newest result in its own frame, and how old that is. */
  readonly #newestWorth: number;
  readonly #newestAgeMs: number;
  /** Worth of the last result for this frame. */
  readonly #carried: number;

  constructor(private readonly snapshot: ControlSnapshot, private readonly memory: ContentMemory) {
    this.#uplink = uplinkOf(snapshot);
    this.#likely = this.#uplink.likely.length > 0 ? this.#uplink.likely : UNKNOWN_UPLINK;
    this.#sendings = sendings(snapshot);
    this.#here = fastestModel(snapshot.local.models);
    this.#local = this.#here ? memory.local : 0;
    const newest = snapshot.results.at(-1);
    const sent = this.#sendings.find(({ height, quality }) =>
      height === newest?.height && quality === newest.quality
    );
    this.#newestAgeMs = newest ? snapshot.frame.ptsMs - newest.ptsMs : 0;
    this.#newestWorth = !newest
      ? 0
      : newest.place === "local"
      ? memory.local
      : sent?.accuracy ?? UNKNOWN_ACCURACY;
    this.#carried = this.#carriedAfter(0);
  }

  decide(): Decision {
    const { cloud } = this.snapshot;
    const model = mostAccurateModel(cloud.models);
    if (!model && !this.#here) {
      throw new Error("neither the edge nor the cloud has a model for this service");
    }
    if (!model || (!cloud.available && this.#here)) return this.#fill("the cloud is not available");
    if (this.#isUnknown()) {
      return this.#send(model, this.#sendings[0]!, this.#local >= this.#carried, "to see the link");
    }
    const { bytes: most, every } = this.#cadence();
    // What this frame comes to is carried forward until the next one is sent.
    const frames = every + 1;
    const filled = this.#filled(frames);
    const best = this.#framesSinceSent() < every ? undefined : this.#bestChoice(most, frames);
    const without = (filled / frames).toFixed(2);
    if (!best || best.worth <= filled) return this.#fill(`${without} without the cloud`);
    const reason = `${(best.worth / frames).toFixed(2)} expected there, ${without} without`;
    return this.#send(model, best.sending, best.isHedged, reason);
  }

  /** What is worth most of all that has no more bytes than `most`, over so many frames. */
  #bestChoice(most: number, frames: number): Choice {
    const unanswered = [
      { isHedged: false, worth: this.#carriedOver(frames) - this.#parameter("miss_cost") },
      ...this.#here ? [{ isHedged: true, worth: this.#localOver(frames) }] : [],
    ];
    let best: Choice | undefined;
    for (const sending of this.#sendings) {
      if (sending.bytes > most) continue;
      const likely = this.#likelyNow(sending);
      const answered = sending.accuracy * this.#keptOver(frames);
      for (const { isHedged, worth } of unanswered) {
        const expected = likely * answered + (1 - likely) * worth - this.#costOf(sending);
        if (!best || expected > best.worth) best = { sending, isHedged, worth: expected };
      }
    }
    return best!;
  }

  /** The size that is worth most, sent as often as the link bears it: each frame, or one of a few. */
  #cadence(): { readonly bytes: number; readonly every: number } {
    const stride = this.#parameter("stride");
    let best:
      | { readonly bytes: number; readonly every: number; readonly worth: number }
      | undefined;
    for (const sending of this.#sendings) {
      for (let every = 1; every <= stride; every++) {
        const worth = this.#worthOfEvery(sending, every);
        if (!best || worth > best.worth) best = { bytes: sending.bytes, every, worth };
      }
    }
    return best!;
  }

  /** Mean worth of frames of which one of `every` is sent so, for ever. */
  #worthOfEvery({ bytes, accuracy }: Sending, every: number): number {
    const { intervalMs } = this.memory;
    const likely = this.#share((ms) =>
      ms(bytes) <= every * intervalMs && this.#uplink.restMs + ms(bytes) <= this.#leftMs
    );
    let sum = likely * accuracy + (1 - likely) * this.#filled(1);
    for (let frame = 1; frame < every; frame++) {
      const carried = likely * accuracy * keptAfter(this.memory, frame * intervalMs);
      sum += Math.max(carried, this.#local);
    }
    return (sum - this.#costOf({ bytes })) / every;
  }

  /** What a frame's bytes are to be worth. */
  #costOf({ bytes }: Pick<Sending, "bytes">): number {
    return this.#parameter("byte_cost") * bytes / 1e6;
  }

  /** How likely it is that a frame that is sent now is answered in time. */
  #likelyNow({ bytes }: Sending): number {
    const { underWay } = this.snapshot.cloud;
    return this.#share((ms) => {
      const waitMs = underWay.reduce(
        (sum, before) => sum + Math.max(0, ms(before.bytes) - before.sinceMs),
        0,
      );
      return this.#uplink.restMs + waitMs + ms(bytes) <= this.#leftMs;
    });
  }

  /** How likely something is of the next upload. */
  #share(holds: (ms: LikelyUpload["ms"]) => boolean): number {
    let [yes, all] = [0, 0];
    for (const { ms, weight } of this.#likely) {
      all += weight;
      if (holds(ms)) yes += weight;
    }
    return all === 0 ? 0 : yes / all;
  }

  /** Milliseconds that there are for this frame. */
  get #leftMs(): number {
    const { settings: { deadlineMs }, frame: { ageMs } } = this.snapshot;
    return deadlineMs - ageMs - MARGIN_MS;
  }

  /** Whether nobody has heard of the link of late, and nothing is under way that would tell. */
  #isUnknown(): boolean {
    return this.#uplink.knownWeight < KNOWN_WEIGHT && this.snapshot.cloud.underWay.length === 0;
  }

  #framesSinceSent(): number {
    const { cloud: { underWay, recent }, frame } = this.snapshot;
    const sinceMs = Math.min(
      ...underWay.map((offload) => offload.sinceMs),
      ...recent.map(({ agoMs, latencyMs }) => agoMs + latencyMs),
    );
    return (sinceMs + frame.ageMs) / this.memory.intervalMs + 0.5;
  }

  /**
   * What will be known at the deadline of a frame that comes so much later than this one, without it: by
   * the newest result, or by one that is on its way.
   */
  #carriedAfter(ms: number): number {
    const { frame, cloud: { underWay } } = this.snapshot;
    let worth = this.#newestWorth * keptAfter(this.memory, this.#newestAgeMs + ms);
    for (const { bytes, sinceMs } of underWay) {
      const likely = this.#share((msFor) =>
        this.#uplink.restMs + msFor(bytes) - sinceMs <= this.#leftMs + ms
      );
      const answered = this.#accuracyOf(bytes) * keptAfter(this.memory, sinceMs + frame.ageMs + ms);
      worth = likely * answered + (1 - likely) * worth;
    }
    return worth;
  }

  /** Accuracy of a frame that was sent with so many bytes. */
  #accuracyOf(bytes: number): number {
    return (this.#sendings.findLast((sending) => sending.bytes <= 1.1 * bytes) ??
      this.#sendings[0]!).accuracy;
  }

  /** Whether a frame that is not sent does with the last result. */
  get #isSkipped(): boolean {
    return !this.#here || (this.#parameter("skip") === 1 && this.#carried >= this.#local);
  }

  /** Worth of this frame and those after it, so many, when this one is not sent. */
  #filled(frames: number): number {
    return this.#isSkipped ? this.#carriedOver(frames) : this.#localOver(frames);
  }

  /** Worth of so many frames that all do with the last result. */
  #carriedOver(frames: number): number {
    let sum = 0;
    for (let i = 0; i < frames; i++) {
      sum += Math.max(this.#carriedAfter(i * this.memory.intervalMs), i === 0 ? 0 : this.#local);
    }
    return sum;
  }

  /** Worth of so many frames of which the first is inferred here. */
  #localOver(frames: number): number {
    return this.#local * frames;
  }

  /** How many frames' worth a result is over so many. */
  #keptOver(frames: number): number {
    let sum = 0;
    for (let i = 0; i < frames; i++) sum += keptAfter(this.memory, i * this.memory.intervalMs);
    return sum;
  }

  /** What is done with a frame that is not sent. */
  #fill(reason: string): Decision {
    if (this.#isSkipped) return { place: "filter", reason: `${reason}; the last result does` };
    return { place: "local", model: this.#here!.name, reason };
  }

  /** Sends it; hedged, the edge infers it as well when the answer takes long. */
  #send(
    { name }: ModelProfile,
    { height, quality }: Sending,
    isHedged: boolean,
    reason: string,
  ): Decision {
    const waitMs = Math.max(1, this.snapshot.settings.deadlineMs - GIVE_UP_MS);
    const sent = { place: "cloud", model: name, height, quality, waitMs, reason } as const;
    const hereMs = this.#hereMs();
    const hedgeMs = hereMs === undefined ? 0 : waitMs - hereMs;
    return { ...sent, ...(isHedged && hedgeMs > 0 ? { hedgeMs } : {}), onFailure: "drop" };
  }

  /** Milliseconds in which the edge infers a frame, and those before it; `undefined` where it is not known. */
  #hereMs(): number | undefined {
    const latencyMs = this.#here?.latencyMs;
    const { pending, workers } = this.snapshot.local;
    return latencyMs === undefined ? undefined : SLOW * latencyMs * (1 + pending / workers);
  }

  #parameter(name: keyof typeof parameters): number {
    return this.snapshot.parameters[name] ?? parameters[name].default;
  }
}
