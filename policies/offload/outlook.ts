/**
 * What may be done with a frame, and what each of that is worth: from what the link did, and from what
 * results say of the scene. Worth is expected accuracy, 0 to 1 a frame.
 */

import type { ModelProfile } from "../../core/model.ts";
import { type ContentMemory, keptAfter, tellsOfLocal } from "./content.ts";
import { type Sending, sendings } from "./expected_accuracy.ts";
import type { ControlSnapshot, Decision } from "./policy.ts";
import { fastestModel, mostAccurateModel, unratedNote } from "./rank.ts";
import { type LikelyUpload, type Uplink, uplinkOf, uploadMs } from "./uplink.ts";

/** Milliseconds before the deadline at which a result is to be there. */
const MARGIN_MS = 4;

/** Milliseconds before the deadline at which an answer is not waited for any more. */
const GIVE_UP_MS = 2;

/** How many times as long as usual an inference here may take: the longest of a video for choosing took 2.8. */
const SLOW = 3;

/** Accuracy of a result of which it is not known how it was sent. */
const UNKNOWN_ACCURACY = 0.8;

/** Bytes a millisecond that are reckoned with before anything is known. */
const UNKNOWN_RATE = 125;

/** What all uploads weigh together below which nothing is known of now. */
const KNOWN_WEIGHT = 0.5;

/** Weight of hope for those that send rarely: what was measured is forgotten for it after some two seconds. */
export const HOPE = 0.02;

/** How a policy looks at what it knows. */
export interface View {
  /** The cloud's model that frames would be sent to; by default its most accurate one. */
  readonly to?: ModelProfile;
  /** Whether a frame may do with the last result where that is worth more than the edge's. */
  readonly mayFilter: boolean;
  /**
   * Weight of the rate that is reckoned with before anything is known, beside those that were measured,
   * which weigh 1 when they are new: who sends rarely hears of a link that was slow no more. 0, where
   * absent.
   */
  readonly hope?: number;
}

/** A frame is sent so, hedged or not. */
export interface Choice {
  /** How. */
  readonly sending: Sending;
  /** Whether it is inferred here as well when its answer takes long. */
  readonly isHedged: boolean;
  /** Of this frame and those that are to do with its result, together. */
  readonly worth: number;
}

/** How choices are weighed. */
export interface Weighing {
  /** Worth that a frame without a result in time costs. */
  readonly missCost: number;
  /** Frames that a result stands for, this one among them. */
  readonly frames: number;
  /** Worth that so many bytes have to be worth; none, if not said. */
  readonly costOf?: (bytes: number) => number;
}

/** The choice that is worth most; `undefined` where there is none. */
export function bestOf(choices: readonly Choice[]): Choice | undefined {
  let best: Choice | undefined;
  for (const choice of choices) if (!best || choice.worth > best.worth) best = choice;
  return best;
}

/** What is known at one decision. */
export class Outlook {
  /** What the link may do, and the cloud's model behind it. */
  readonly uplink: Uplink;
  /** Every way to send the frame, the least bytes first. */
  readonly sendings: readonly Sending[];
  /** The edge's model; `undefined` when it has none. */
  readonly here: ModelProfile | undefined;
  /** Worth of a result of the edge's own; 0 when it has no model. */
  readonly local: number;
  /** Worth for this frame of what is known at its deadline without it. */
  readonly carried: number;
  /** The most accurate one of the cloud: worth is a share of what it reaches. */
  readonly #best: ModelProfile | undefined;
  /** The one that frames would be sent to. */
  readonly #to: ModelProfile | undefined;
  readonly #uploads: readonly LikelyUpload[];
  /** For each of these, milliseconds that those under way still take. */
  readonly #waits: readonly number[];
  /** Worth of what is known for this frame and the next ones, as far as anybody has asked. */
  readonly #carriedAt: number[] = [];
  /** Worth of the newest result in its own frame, and how many milliseconds ago that was. */
  readonly #newest: { readonly worth: number; readonly ageMs: number };

  /** Looks at a frame. */
  constructor(
    private readonly snapshot: ControlSnapshot,
    private readonly memory: ContentMemory,
    private readonly view: View,
  ) {
    this.#best = mostAccurateModel(snapshot.cloud.models);
    this.#to = view.to ?? this.#best;
    this.uplink = uplinkOf(snapshot, this.#to);
    this.#uploads = uploadsOf(this.uplink, view.hope ?? 0);
    const share = this.#shareOf(this.#to?.name);
    this.sendings = sendings(snapshot).map((sending) => (
      { ...sending, accuracy: share * sending.accuracy }
    ));
    this.#waits = this.#uploads.map((upload) =>
      snapshot.cloud.underWay.reduce(
        (sum, { bytes, sinceMs }) => sum + Math.max(0, uploadMs(upload, bytes) - sinceMs),
        0,
      )
    );
    this.here = fastestModel(snapshot.local.models);
    this.local = this.here ? memory.local : 0;
    this.#newest = this.#newestResult();
    this.carried = this.#carriedTo(0);
  }

  /**
   * The cloud's model that frames are sent to; `undefined` where none is to be sent.
   *
   * @throws {Error} when neither place has a model.
   */
  get sendsTo(): ModelProfile | undefined {
    if (!this.#to && !this.here) {
      throw new Error("neither the edge nor the cloud has a model for this service");
    }
    return this.snapshot.cloud.available || !this.here ? this.#to : undefined;
  }

  /** What may come of sending a frame in any of these ways. */
  choices(ways: readonly Sending[], { missCost, frames, costOf }: Weighing): readonly Choice[] {
    const kept = this.#keptOver(frames);
    const hedged = this.here ? [{ isHedged: true, worth: this.local * frames }] : [];
    const bare = { isHedged: false, worth: this.#carriedOver(frames) - missCost };
    // Where each frame is to be inferred, none relies on the cloud alone.
    const unanswered = this.view.mayFilter || !this.here ? [bare, ...hedged] : hedged;
    return ways.flatMap((sending) => {
      const likely = this.likely(sending);
      const answered = likely * sending.accuracy * kept - (costOf?.(sending.bytes) ?? 0);
      return unanswered.map(({ isHedged, worth }) => (
        { sending, isHedged, worth: answered + (1 - likely) * worth }
      ));
    });
  }

  /** How likely it is that a frame that is sent is answered in time. @param laterMs when it is sent then. */
  likely({ bytes }: Pick<Sending, "bytes">, laterMs = 0): number {
    const mostMs = this.leftMs - this.uplink.restMs - laterMs;
    return this.share((upload, at) =>
      Math.max(0, this.#waits[at]! - laterMs) + uploadMs(upload, bytes) <= mostMs
    );
  }

  /** How likely something is of the next upload. */
  share(holds: (upload: LikelyUpload, at: number) => boolean): number {
    let [yes, all] = [0, 0];
    for (let at = 0; at < this.#uploads.length; at++) {
      const upload = this.#uploads[at]!;
      all += upload.weight;
      if (holds(upload, at)) yes += upload.weight;
    }
    return all === 0 ? 0 : yes / all;
  }

  /** Milliseconds that there are for this frame. */
  get leftMs(): number {
    const { settings: { deadlineMs }, frame: { ageMs } } = this.snapshot;
    return deadlineMs - ageMs - MARGIN_MS;
  }

  /** Whether nobody has heard of the link of late, and nothing is under way that would tell. */
  get isUnknown(): boolean {
    return this.uplink.knownWeight < KNOWN_WEIGHT && this.snapshot.cloud.underWay.length === 0;
  }

  /** Frames since one was sent, about; infinite where none was of late. */
  get framesSinceSent(): number {
    const { cloud: { underWay, recent }, frame } = this.snapshot;
    const sinceMs = Math.min(
      ...underWay.map((offload) => offload.sinceMs),
      ...recent.map(({ agoMs, latencyMs }) => agoMs + latencyMs),
    );
    return (sinceMs + frame.ageMs) / this.memory.intervalMs + 0.5;
  }

  /** Worth of this frame and those after it, so many, when this one is not sent. */
  filled(frames: number): number {
    return this.#isSkipped ? this.#carriedOver(frames) : this.local * frames;
  }

  /** Worth of this frame and of the next one together, when this one is inferred here. */
  get inferredHere(): number {
    return 2 * this.local;
  }

  /** Worth of this frame and of the next one together, when both do with the last result. */
  get lastKept(): number {
    return this.#carriedOver(2);
  }

  /** What is done with a frame that is not sent. */
  fill(reason: string): Decision {
    if (!this.#isSkipped) return { place: "local", model: this.here!.name, reason };
    if (this.#mayLookHere && tellsOfLocal(this.memory, this.snapshot)) {
      return { place: "local", model: this.here!.name, reason: "to see what the edge sees" };
    }
    return { place: "filter", reason: `${reason}; the last result does` };
  }

  /** Sends it; hedged, the edge infers it as well when the answer takes long. */
  send(
    { name }: ModelProfile,
    { height, quality }: Pick<Sending, "height" | "quality">,
    isHedged: boolean,
    why: string,
  ): Extract<Decision, { place: "cloud" }> {
    const { waitMs, hereMs } = this;
    const reason = why + unratedNote(this.snapshot.cloud.models);
    const sent = { place: "cloud", model: name, height, quality, waitMs, reason } as const;
    // Where that may be too late, the edge begins at once.
    const hedged = isHedged && hereMs !== undefined && hereMs / SLOW < waitMs
      ? { hedgeMs: Math.max(1, waitMs - hereMs) }
      : {};
    return { ...sent, ...hedged, onFailure: "drop" };
  }

  /** Milliseconds after its capture up to which an answer is waited for. */
  get waitMs(): number {
    return Math.max(1, this.snapshot.settings.deadlineMs - GIVE_UP_MS);
  }

  /** Milliseconds in which the edge infers a frame, and those before it; `undefined` where it is not known. */
  get hereMs(): number | undefined {
    const latencyMs = this.here?.latencyMs;
    const { pending, workers } = this.snapshot.local;
    return latencyMs === undefined ? undefined : SLOW * latencyMs * (1 + pending / workers);
  }

  /** Whether the edge, as far as is known, infers a frame in time. */
  get #mayLookHere(): boolean {
    return this.here !== undefined && (this.hereMs ?? 0) <= this.leftMs;
  }

  /** Whether a frame that is not sent does with the last result. */
  get #isSkipped(): boolean {
    return !this.here || (this.view.mayFilter && this.carried >= this.local);
  }

  /** Accuracy of a model of the cloud as a share of the best one's, by what is published of both. */
  #shareOf(name: string | undefined): number {
    const most = this.#best?.accuracy;
    const own = this.snapshot.cloud.models.find((model) => model.name === name)?.accuracy;
    return most === undefined || most === 0 || own === undefined ? 1 : own / most;
  }

  #newestResult(): { readonly worth: number; readonly ageMs: number } {
    const newest = this.snapshot.results.at(-1);
    if (!newest) return { worth: 0, ageMs: 0 };
    const sent = this.sendings.find(({ height, quality }) =>
      height === newest.height && quality === newest.quality
    );
    const share = this.#shareOf(newest.model) / this.#shareOf(this.#to?.name);
    return {
      worth: newest.place === "local"
        ? this.memory.local
        : share * (sent?.accuracy ?? UNKNOWN_ACCURACY),
      ageMs: this.snapshot.frame.ptsMs - newest.ptsMs,
    };
  }

  /** What will be known of the frame that comes so many after this one, without this one. */
  #carriedTo(frames: number): number {
    return this.#carriedAt[frames] ??= this.#carriedAfter(frames * this.memory.intervalMs);
  }

  /**
   * What will be known at the deadline of a frame that comes so much later than this one, without it: by
   * the newest result, or by one that is on its way.
   */
  #carriedAfter(laterMs: number): number {
    const { frame, cloud: { underWay } } = this.snapshot;
    let worth = this.#newest.worth * keptAfter(this.memory, this.#newest.ageMs + laterMs);
    for (const { bytes, sinceMs } of underWay) {
      const mostMs = this.leftMs + laterMs + sinceMs - this.uplink.restMs;
      const likely = this.share((upload) => uploadMs(upload, bytes) <= mostMs);
      const agoMs = sinceMs + frame.ageMs + laterMs;
      worth = likely * this.#accuracyOf(bytes) * keptAfter(this.memory, agoMs) +
        (1 - likely) * worth;
    }
    return worth;
  }

  /** Accuracy of a frame that was sent with so many bytes. */
  #accuracyOf(bytes: number): number {
    const sent = this.sendings.findLast((sending) => sending.bytes <= 1.1 * bytes);
    return (sent ?? this.sendings[0]!).accuracy;
  }

  /** Worth of so many frames of which this one does with the last result, and the others with what is best. */
  #carriedOver(frames: number): number {
    let sum = this.carried;
    for (let i = 1; i < frames; i++) {
      sum += Math.max(this.#carriedTo(i), this.local);
    }
    return sum;
  }

  /** How many frames' worth a result is over so many. */
  #keptOver(frames: number): number {
    let sum = 0;
    for (let i = 0; i < frames; i++) sum += keptAfter(this.memory, i * this.memory.intervalMs);
    return sum;
  }
}

/** Ways in which an upload may go. */
function uploadsOf({ likely }: Uplink, hope: number): readonly LikelyUpload[] {
  const unknown = { fixedMs: 0, msPerByte: 1 / UNKNOWN_RATE };
  if (likely.length === 0) return [{ ...unknown, weight: 1 }];
  return hope === 0 ? likely : [...likely, { ...unknown, weight: hope }];
}
